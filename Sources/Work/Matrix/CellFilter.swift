// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
package import Records

/// Which cells of a matrix are to be run, as a command line says: `cma=64M`, `cma=1G`, `layout=wide`.
package struct CellFilter: Sendable {
  /// One option, and the value that it has to have.
  package struct Term: Hashable, Sendable, CustomStringConvertible {
    let option: GuestOption
    /// As requests have them: `1024M` is `1G`.
    let values: [String]
    package let description: String

    /// - Throws: `GuestRequestError` for a value that the option does not take.
    /// - Returns: nil for what is not `KEY=VALUE` with the key of an axis.
    package init?(_ text: String) throws(GuestRequestError) {
      let words = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2, let option = GuestOption(rawValue: String(words[0])),
        MatrixCell.options.contains(option)
      else { return nil }
      var request = GuestRequest()
      try request.set(option, to: String(words[1]))
      self.option = option
      values = request.values(of: option)
      description = text
    }

    fileprivate func isMet(by cell: MatrixCell) -> Bool {
      let has = cell.request.values(of: option)
      return option.isRepeatable ? values.allSatisfy(has.contains) : has == values
    }
  }

  private let terms: [GuestOption: [Term]]

  package init(_ terms: [Term]) {
    self.terms = Dictionary(grouping: terms, by: \.option)
  }

  /// The cells that have one of the values of each key, in their order.
  package func cells(of cells: [MatrixCell]) -> [MatrixCell] {
    cells.filter { cell in
      terms.values.allSatisfy { $0.contains { $0.isMet(by: cell) } }
    }
  }
}
