// SPDX-License-Identifier: Apache-2.0

import Quantities
package import YAMLFiles

// The keys of a board file, one function each. A key of a layout has its own in LayoutDecoding.
extension Board {
  /// Decodes and checks a board file.
  ///
  /// - Parameter name: the file's stem, which the board has to bear as its name.
  /// - Throws: the first thing that is wrong.
  package init(_ text: YAMLText, name: String) throws(YAMLFileError) {
    let root = try text.root()
    let fields = try root.fields(BoardKey.self)
    self.name = try fields.required(.name).boardName(ofFileNamed: name)
    summary = try fields.required(.summary).text()
    architecture = try fields.required(.architecture).choice("an architecture")
    cpu = try fields.required(.cpu).cpu()
    devices = try fields.required(.devices).deviceWindows()
    let ramWindows = try fields.required(.physicalRAM).ramWindows()
    layouts = try fields.required(.layouts).layouts(clearOf: devices, in: ramWindows)
    deviceTree = try fields.optional(.deviceTree)?.fileBeside()
    loader = try fields.optional(.loader)?.loader()
    kernel = try fields.optional(.kernel)?.boardKernel()
    defaults = try fields.required(.defaults).defaults(among: layouts.map(\.name))
    sources = try fields.required(.sources).sources()
  }
}

extension NodeCursor {
  fileprivate func boardName(ofFileNamed stem: String) throws(YAMLFileError) -> String {
    let name = try self.name("a board name")
    guard name == stem else {
      throw failure(
        "'\(name)' differs from the file's name: write \(Quotation(stem)) or rename the file")
    }
    return name
  }

  /// A name that is safe in a key path, a file name and a command line.
  func name(_ wanted: String) throws(YAMLFileError) -> String {
    try word(wanted, rule: BoardName.rule, isAllowed: BoardName.isName)
  }

  fileprivate func cpu() throws(YAMLFileError) -> CPU {
    let fields = try fields(CPUKey.self)
    return CPU(
      model: try fields.required(.model).cpuModel(),
      count: try fields.required(.count).count(
        in: CPU.counts, because: "a GICv2 serves \(CPU.counts.upperBound)"))
  }

  /// A model, and after commas its properties.
  private func cpuModel() throws(YAMLFileError) -> String {
    let model = try word(
      "a CPU model", rule: "a-z, 0-9, ',', '=', '.' and '-', as in cortex-a57"
    ) { model in
      model.unicodeScalars.allSatisfy {
        BoardName.letters.contains($0) || ",=.".unicodeScalars.contains($0)
      }
    }
    let name = String(model.prefix { $0 != "," })
    guard (CPU.models + CPU.laterModels).contains(name) else {
      throw failure(
        "\(Quotation(name)) is not a CPU that guests run on, of which a 32-bit board has a 64-bit one, "
          + "too: use \(CPU.choice)")
    }
    return model
  }

  fileprivate func deviceWindows() throws(YAMLFileError) -> DeviceWindows {
    let fields = try fields(DeviceKey.self)
    let gic = try fields.required(.gic).deviceWindow()
    let uart = try fields.required(.uart).deviceWindow()
    try [gic, uart].requireDisjoint()
    return DeviceWindows(
      gic: gic.range, uart: uart.range, dmaLimit: try fields.optional(.dmaLimit)?.dmaLimit())
  }

  /// The end of what a device reaches, on a page's boundary.
  private func dmaLimit() throws(YAMLFileError) -> PhysicalAddress {
    let limit = PhysicalAddress(try size().bytes)
    try requireAligned(limit.value, to: .page4K, least: Alignment.page4K.bytes)
    return limit
  }

  private func deviceWindow() throws(YAMLFileError) -> PlacedRange {
    let base = try address()
    try requireAligned(base.value, to: .block2M)
    guard let range = PhysicalRange(start: base, size: DeviceWindows.size) else {
      throw failure("\(base) plus \(DeviceWindows.size) wraps past 2^64: lower it")
    }
    try requireAddressable(range)
    return PlacedRange(range: range, place: self)
  }

  func ramWindows() throws(YAMLFileError) -> [RAMWindow] {
    var windows: [RAMWindow] = []
    var places: [PlacedRange] = []
    for element in try elements(example: "- { base: 0x0, size: 2G }") {
      let fields = try element.fields(WindowKey.self)
      let range = try element.pageRange(from: fields.required(.base), size: fields.required(.size))
      windows.append(
        RAMWindow(
          range: range, hidden: try fields.optional(.hidden)?.size() ?? .zero,
          source: try fields.optional(.source)?.text()))
      places.append(PlacedRange(range: range, place: element))
    }
    try places.requireDisjoint()
    return windows.sorted { $0.range < $1.range }
  }

  fileprivate func defaults(among layouts: [String]) throws(YAMLFileError) -> BoardDefaults {
    let fields = try fields(DefaultKey.self)
    let place = try fields.required(.layout)
    let layout = try place.name("a layout name")
    guard layouts.contains(layout) else {
      let remedy = NearestNames(to: layout, among: layouts).remedy
      throw place.failure("there is no layout '\(layout)': \(remedy)")
    }
    return BoardDefaults(layout: layout, cma: try fields.optional(.cma)?.size())
  }

  fileprivate func sources() throws(YAMLFileError) -> [String] {
    var sources: [String] = []
    for element in try elements(example: "- where a figure comes from") {
      sources.append(try element.text())
    }
    return sources
  }
}
