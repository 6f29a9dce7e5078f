// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Matrix
import Records
import SystemPackage

/// Which cells of a matrix file are to be run.
struct CellOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Run only the cells with this value of an axis, as in 'cma=64M'; of one key, any of several.",
      valueName: "key=value"),
    transform: CellFilter.Term.init(argument:))
  var only: [CellFilter.Term] = []

  /// - Throws: `ValidationError` where none is left.
  func cells(of matrix: MatrixFile, in file: FilePath) throws -> [MatrixCell] {
    let cells = CellFilter(only).cells(of: matrix.cells)
    guard !cells.isEmpty else {
      let terms = only.map(\.description).joined(separator: " ")
      throw ValidationError("no cell of \(file) has --only \(terms): give values that it has")
    }
    return cells
  }
}

extension CellFilter.Term {
  init(argument: String) throws {
    let term: CellFilter.Term?
    do { term = try CellFilter.Term(argument) } catch {
      throw ValidationError("--only \(argument): \(error)")
    }
    guard let term else {
      let keys = MatrixCell.options.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(argument)' is not KEY=VALUE with a KEY of \(keys)")
    }
    self = term
  }
}
