// SPDX-License-Identifier: Apache-2.0

import BootLoaders
import Quantities
import YAMLFiles

// The `loader` of a board file.
extension NodeCursor {
  private enum LoaderName: String, CaseIterable {
    case uBoot = "u-boot"
    case raspberryPi = "raspberry-pi"
    case other
  }

  func loader() throws(YAMLFileError) -> BoardLoader {
    let fields = try fields(LoaderKey.self)
    let name: LoaderName = try fields.required(.name).choice("a boot loader")
    for (keys, owner) in [
      (LoaderKey.ofUBoot, LoaderName.uBoot), (LoaderKey.ofRaspberryPi, .raspberryPi),
    ]
    where name != owner {
      for key in keys {
        if let place = fields.optional(key) {
          throw place.failure("it is a word of \(owner.rawValue)'s: omit it for '\(name.rawValue)'")
        }
      }
    }
    let program: BootLoader? =
      switch name {
      case .uBoot: .uBoot(try Self.uBoot(fields))
      case .raspberryPi: .raspberryPi(RaspberryPi(end: try fields.required(.end).address()))
      case .other: nil
      }
    return BoardLoader(
      program: program, kernel: try fields.optional(.kernel)?.address(),
      initramfs: try fields.optional(.initramfs)?.address(),
      deviceTree: try fields.optional(.deviceTree)?.address(),
      initramfsSize: try fields.optional(.initramfsSize)?.size())
  }

  private static func uBoot(_ fields: Fields<LoaderKey>) throws(YAMLFileError) -> UBoot {
    UBoot(
      low: try fields.optional(.bootmLow)?.address(),
      size: try fields.optional(.bootmSize)?.size(),
      initrdHigh: try fields.optional(.initrdHigh)?.ceiling(),
      fdtHigh: try fields.optional(.fdtHigh)?.ceiling(),
      kept: try fields.optional(.keeps)?.range())
  }

  /// All ones, of 32 bits or of 64, is U-Boot's word for a file that stays where it was loaded.
  private func ceiling() throws(YAMLFileError) -> UBoot.Ceiling {
    let address = try address()
    return [UInt64(UInt32.max), .max].contains(address.value) ? .inPlace : .below(address)
  }
}
