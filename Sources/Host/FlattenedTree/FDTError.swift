// SPDX-License-Identifier: Apache-2.0
import CFDT

/// Why an operation on a flattened device tree was refused, by libfdt or by this wrapper's limits.
package struct FDTError: Error, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// A libfdt error by its positive number, `FDT_ERR_…` in libfdt.h.
    case library(Int32)
    /// The tree would need more than ``FlattenedTree/maximumByteCount`` bytes.
    case tooLarge(bytes: Int)
    /// Nodes nest deeper than ``FlattenedTree/maximumDepth``.
    case tooDeep
    /// There are more nodes than ``FlattenedTree/maximumNodeCount``.
    case tooManyNodes
    /// There are more memory reservations than ``FlattenedTree/maximumReservationCount``.
    case tooManyReservations
    /// A node's or property's name is empty, too long, or holds a byte that no name may hold.
    case badName
    /// Two children or two properties of one node have the same name, so a path would be ambiguous.
    case duplicateName
    /// A property's value is not of the wanted kind; it has `bytes` bytes.
    case badValue(bytes: Int, wanted: String)
    /// A string to be written holds a NUL, which would end it for every reader.
    case nulInString
    /// A memory reservation of no bytes, which would end the list for every reader.
    case emptyReservation
  }

  /// The libfdt function, or what the wrapper was doing.
  package let operation: String
  /// The node's path, with `:property` behind it where a property is concerned, as dtc writes it.
  package let path: String
  package let code: Code

  package init(operation: String, path: String, code: Code) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

extension FDTError.Code {
  package static let notFound = Self.library(FDT_ERR_NOTFOUND)
  package static let exists = Self.library(FDT_ERR_EXISTS)
  package static let badPath = Self.library(FDT_ERR_BADPATH)
  package static let truncated = Self.library(FDT_ERR_TRUNCATED)
  package static let badMagic = Self.library(FDT_ERR_BADMAGIC)
  package static let badVersion = Self.library(FDT_ERR_BADVERSION)
  package static let badStructure = Self.library(FDT_ERR_BADSTRUCTURE)
  package static let badLayout = Self.library(FDT_ERR_BADLAYOUT)
  package static let noSpace = Self.library(FDT_ERR_NOSPACE)
}

extension FDTError: CustomStringConvertible {
  /// `no such node or property: /chosen:bootargs (fdt_getprop: FDT_ERR_NOTFOUND)`.
  package var description: String {
    let reason: String =
      switch code {
      case .notFound: "no such node or property"
      case .exists: "there is already a node of that name: call one of the two otherwise"
      case .badPath: "not a path from the root, as /cpus/cpu@0 is"
      case .truncated: "the device tree blob is cut short"
      case .badMagic: "not a device tree blob"
      case .badVersion: "the device tree blob's version cannot be read; compile it with dtc again"
      case .badStructure, .badLayout: "the device tree blob is damaged"
      case .library: "the device tree was refused"
      case .tooLarge(let bytes):
        "\(bytes) bytes of device tree, where the arm64 boot protocol takes "
          + "\(FlattenedTree.maximumByteCount)"
      case .tooDeep: "nodes nest deeper than \(FlattenedTree.maximumDepth)"
      case .tooManyNodes: "more than \(FlattenedTree.maximumNodeCount) nodes"
      case .tooManyReservations:
        "more than \(FlattenedTree.maximumReservationCount) memory reservations"
      case .badName:
        "a name must be 1 to \(FlattenedTree.maximumNameLength) printable ASCII bytes without '/'"
      case .duplicateName: "the name occurs twice in one node"
      case .badValue(let bytes, let wanted): "the property has \(bytes) bytes, not \(wanted)"
      case .nulInString: "the string holds a NUL byte, which would end it"
      case .emptyReservation: "a memory reservation must not be empty"
      }
    if case .library(let number) = code {
      return "\(reason): \(path) (\(operation): \(Self.libraryText(of: number)))"
    }
    return "\(reason): \(path) (\(operation))"
  }

  /// What libfdt calls its own error.
  ///
  /// libfdt 1.6.1 has no text for the newest number that its own header declares (FDT_ERR_ALIGNMENT),
  /// so the number is added to a text that names nothing.
  private static func libraryText(of number: Int32) -> String {
    guard let text = unsafe fdt_strerror(-number) else { return "error \(number)" }
    let name = unsafe String(cString: text)
    return name.hasPrefix("FDT_ERR_") ? name : "\(name) \(number)"
  }
}
