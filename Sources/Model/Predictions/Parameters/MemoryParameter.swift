// SPDX-License-Identifier: Apache-2.0

/// `mem=size[@start]` (early_mem in arch/arm64/mm/init.c and arch/arm/kernel/setup.c).
struct MemoryParameter: Hashable {
  let size: UInt64
  /// Nil where it is not given; only 32-bit ARM reads it.
  let start: UInt64?
}

extension String {
  /// Every `mem=` of a command line, in order.
  var memoryParameters: [MemoryParameter] {
    let key = Array("mem=".utf8)
    return PoolArgument.words(self).filter { $0.starts(with: key) }.map { word in
      var text = word.dropFirst(key.count)
      let size = PoolArgument.number(&text)
      guard text.first == UInt8(ascii: "@") else { return MemoryParameter(size: size, start: nil) }
      text = text.dropFirst()
      return MemoryParameter(size: size, start: PoolArgument.number(&text))
    }
  }
}
