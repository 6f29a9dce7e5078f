// SPDX-License-Identifier: Apache-2.0

// A request is stored as the options of `cmalab boot` that ask for it, without their dashes, each
// with its values: `{"board": ["rpi4"], "cma": ["64M"], "test": ["allocate", "region"]}`.

extension GuestRequest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let stored = try container.decode([String: [String]].self)
    func fault(_ words: String) -> DecodingError {
      .dataCorruptedError(in: container, debugDescription: words)
    }
    for name in stored.keys.sorted() where GuestOption(rawValue: name) == nil {
      throw fault("'\(name)' is not an option of a guest")
    }
    self.init()
    for option in GuestOption.allCases {
      let values = stored[option.rawValue, default: []]
      guard values.count <= 1 || option.isRepeatable else {
        throw fault("'\(option.rawValue)' has more than one value")
      }
      do {
        for value in values { try set(option, to: value) }
      } catch {
        throw fault("\(option.rawValue): \(error)")
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      Dictionary(uniqueKeysWithValues: options.map { ($0.option.rawValue, $0.values) }))
  }
}
