// SPDX-License-Identifier: Apache-2.0

// How quantities are written in records: sizes are integers, addresses are `0x…` strings, and the
// ends of ranges are inclusive, as in /proc/iomem.

extension ByteCount: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(UInt64.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}

extension PhysicalAddress: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: container.decode(String.self))
    } catch let error as QuantityError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension PhysicalRange: Codable {
  private enum CodingKeys: String, CodingKey {
    case start
    case end
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let start = try container.decode(PhysicalAddress.self, forKey: .start)
    let end = try container.decode(PhysicalAddress.self, forKey: .end)
    guard let range = PhysicalRange(start: start, last: end) else {
      throw DecodingError.dataCorruptedError(
        forKey: .end, in: container, debugDescription: "\(end) is before \(start)")
    }
    self = range
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(start, forKey: .start)
    try container.encode(last, forKey: .end)
  }
}
