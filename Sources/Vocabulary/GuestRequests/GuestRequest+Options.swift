// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
import ShellWords
import SystemPackage

// The one place where a guest is written as options and read from them.

extension GuestRequest {
  /// The options that `cmalab boot` has to be given for this guest, each with its values; a flag has
  /// the value `true`. The board is always among them, or its device tree; what is usual is not.
  package var options: [(option: GuestOption, values: [String])] {
    GuestOption.allCases.map { ($0, values(of: $0)) }.filter { !$0.values.isEmpty }
  }

  /// What `cmalab boot` has to be given for this guest.
  package var bootArguments: [String] {
    options.flatMap { option, values in
      if option.isFlag { return [option.argument] }
      return values.flatMap { value in
        // Else it would be read as the next option.
        value.hasPrefix("-") ? ["\(option.argument)=\(value)"] : [option.argument, value]
      }
    }
  }

  /// The command that asks for this guest again, to be pasted into a shell.
  package var commandLine: String { ShellLine(["cmalab", "boot"] + bootArguments).description }

  /// Whether there is a kernel to boot, as it is described: a .config alone has none, and an image has a
  /// size of its own.
  package var isBootable: Bool {
    if case .image = kernel.source { return kernel.imageSize == nil }
    return kernel.configuration == nil
  }

  /// The values of an option as the command line takes them; empty where it need not be given.
  package func values(of option: GuestOption) -> [String] {
    func some(_ value: (some CustomStringConvertible)?) -> [String] {
      value.map { ["\($0)"] } ?? []
    }
    func flag(_ isGiven: Bool) -> [String] { isGiven ? ["true"] : [] }
    return switch option {
    case .board: deviceTree == nil ? [board] : []
    case .deviceTree: some(deviceTree?.string)
    case .overlay: overlays.map(\.string)
    case .layout: some(layout)
    case .bank: banks.map(\.argument)
    case .ram: some(ram?.kernelArgument)
    case .kernel: if case .line(let name) = kernel.source { some(name) } else { [] }
    case .kernelImage: if case .image(let path) = kernel.source { [path.string] } else { [] }
    case .kernelSource: if case .tree(let path) = kernel.source { [path.string] } else { [] }
    case .defconfig: some(kernel.defconfig)
    case .kernelConfig: some(kernel.configuration?.string)
    case .imageSize: some(kernel.imageSize?.kernelArgument)
    case .pageSize: some(kernel.pageSize?.rawValue)
    case .lpae: flag(kernel.hasLPAE)
    case .debugKernel: flag(kernel.isDebug)
    case .debugInfo: flag(kernel.hasDebugInfo)
    case .kconfigAddition: kernel.additions.map(\.argument)
    case .via: pools.via == .commandLine ? [] : [pools.via.rawValue]
    case .cma: pools.isOmitted ? [DefaultPoolChoice.omittedWord] : some(pools.asked?.kernelArgument)
    case .deviceTreeCMA: some(pools.deviceTree?.kernelArgument)
    case .kconfigCMA: some(pools.kconfig)
    case .region: regions.map(\.argument)
    case .memoryReservation: memoryReservations.map(\.argument)
    case .fragment: some(fragment?.string)
    case .kernelAt: some(places.kernel)
    case .deviceTreeAt: some(places.deviceTree)
    case .initramfsAt: some(places.initramfs)
    case .initramfsSize: some(places.initramfsSize?.kernelArgument)
    case .cpus: some(cpuCount)
    case .append: appended.isEmpty ? [] : [appended]
    case .traceMemory: flag(isMemoryTraced)
    case .test: tests.map(\.rawValue)
    case .timeout: timeout == Self.usualTimeout ? [] : [Self.text(seconds: timeout)]
    }
  }

  /// `60`, `0.5`.
  private static func text(seconds: Double) -> String {
    Int(exactly: seconds).map(String.init) ?? "\(seconds)"
  }

  /// Reads one value of an option: one more of those that may be repeated, else in place of the
  /// former one.
  ///
  /// - Throws: `GuestRequestError` for a text that is no such value.
  package mutating func set(_ option: GuestOption, to text: String) throws(GuestRequestError) {
    do {
      try read(text, as: option)
    } catch let error as GuestRequestError {
      throw error
    } catch {
      throw GuestRequestError(option, "\(error)")
    }
  }

  private mutating func read(_ text: String, as option: GuestOption) throws {
    switch option {
    case .board: board = try Self.words(text, option)
    case .deviceTree: deviceTree = FilePath(try Self.words(text, option))
    case .overlay: overlays.append(FilePath(try Self.words(text, option)))
    case .layout: layout = try Self.words(text, option)
    case .bank: banks.append(try RegionFields.range(parsing: text))
    case .ram: ram = try ByteCount(parsing: text)
    case .kernel: kernel.source = .line(try Self.words(text, option))
    case .kernelImage: kernel.source = .image(FilePath(try Self.words(text, option)))
    case .kernelSource: kernel.source = .tree(FilePath(try Self.words(text, option)))
    case .defconfig: kernel.defconfig = try Self.words(text, option)
    case .kernelConfig: kernel.configuration = FilePath(try Self.words(text, option))
    case .imageSize: kernel.imageSize = try ByteCount(parsing: text)
    case .pageSize: kernel.pageSize = try Self.choice(text, option)
    case .lpae: kernel.hasLPAE = try Self.flag(text, option)
    case .debugKernel: kernel.isDebug = try Self.flag(text, option)
    case .debugInfo: kernel.hasDebugInfo = try Self.flag(text, option)
    case .kconfigAddition: kernel.additions.append(try KernelOption(parsing: text))
    case .via: pools.via = try Self.choice(text, option)
    case .cma: pools.choose(try DefaultPoolChoice(parsing: text))
    case .deviceTreeCMA: pools.deviceTree = try PoolRequest(parsing: text)
    case .kconfigCMA: pools.kconfig = try KconfigPool(parsing: text)
    case .region: regions.append(try RequestedRegion(parsing: text))
    case .memoryReservation: memoryReservations.append(try RegionFields.range(parsing: text))
    case .fragment: fragment = FilePath(try Self.words(text, option))
    case .kernelAt: places.kernel = try PhysicalAddress(parsing: text)
    case .deviceTreeAt: places.deviceTree = try PhysicalAddress(parsing: text)
    case .initramfsAt: places.initramfs = try PhysicalAddress(parsing: text)
    case .initramfsSize: places.initramfsSize = try ByteCount(parsing: text)
    case .cpus: cpuCount = try Self.number(text, option)
    case .append: appended = text
    case .traceMemory: isMemoryTraced = try Self.flag(text, option)
    case .test: tests.append(try Self.choice(text, option))
    case .timeout: timeout = try Self.number(text, option)
    }
  }

  private static func words(
    _ text: String, _ option: GuestOption
  ) throws(GuestRequestError) -> String {
    guard !text.isEmpty else { throw GuestRequestError(option, "is empty: write a name") }
    return text
  }

  private static func choice<Choice>(
    _ text: String, _ option: GuestOption
  ) throws(GuestRequestError) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw GuestRequestError(option, "'\(text)' is not known: use one of \(known)")
    }
    return choice
  }

  private static func flag(
    _ text: String, _ option: GuestOption
  ) throws(GuestRequestError) -> Bool {
    switch text {
    case "true": return true
    case "false": return false
    default: throw GuestRequestError(option, "'\(text)' is not a flag: use true or false")
    }
  }

  private static func number<Number>(
    _ text: String, _ option: GuestOption
  ) throws(GuestRequestError) -> Number
  where Number: LosslessStringConvertible {
    guard let number = Number(text) else {
      throw GuestRequestError(option, "'\(text)' is not a number: write one")
    }
    return number
  }
}
