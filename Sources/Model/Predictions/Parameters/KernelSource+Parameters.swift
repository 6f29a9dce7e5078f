// SPDX-License-Identifier: Apache-2.0

extension KernelSource {
  /// Where code that runs before a kernel shares out its memory registers parameters. Other folders of
  /// drivers/ have hundreds of megabytes, and what they register is for their devices.
  private static let earlyFolders = [
    "arch/arm", "arch/arm64", "drivers/base", "drivers/firmware", "drivers/iommu", "drivers/of",
    "drivers/soc", "init", "kernel", "lib", "mm",
  ]

  /// How a line registers one (include/linux/init.h, mm/hugetlb.c).
  private static let registrations = [
    "early_param(\"", "early_param_on_off(\"", "hugetlb_early_param(\"",
  ]

  /// The parameters that arm64 and arm kernels of this source read early, sorted.
  var earlyParameters: [String] {
    var names: Set<String> = []
    for folder in Self.earlyFolders {
      for file in list(folder) where file.hasSuffix(".c") {
        guard let text = read(file)?[...] else { continue }
        for line in Self.registrations { names.formUnion(Self.names(behind: line, in: text)) }
      }
    }
    return names.sorted()
  }

  /// What stands between a text that begins a line and the next quotation mark.
  private static func names(behind start: String, in text: ArraySlice<UInt8>) -> [String] {
    var names: [String] = []
    var rest = text
    while let place = rest.range(of: start) {
      let beginsLine =
        place.lowerBound == text.startIndex || text[place.lowerBound - 1] == UInt8(ascii: "\n")
      rest = rest[place.upperBound...]
      guard beginsLine, let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { continue }
      names.append(String(decoding: rest[..<end], as: UTF8.self))
    }
    return names
  }
}
