// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import Records
package import YAMLFiles

// Every key of a matrix file, and what is said of it: the decoders know no others.

enum MatrixKey: String, DocumentedKey {
  case name, axes, exclude, include, expect, expectations, timeout

  static let place = ""
  var isRequired: Bool { [.name, .axes].contains(self) }

  var form: String {
    switch self {
    case .name: "a-z, 0-9 and '-', at most 64 characters"
    case .axes: "a mapping, a list of values for each key"
    case .exclude: "a list of cells, each with some keys of 'axes' and one value for each"
    case .include:
      "a list of cells, each with some keys of 'axes', one value for each, and 'expect'"
    case .expect: Expectation.list
    case .expectations: "a list of cells as in 'exclude', each with 'expect'"
    case .timeout: "1 to 86400 seconds"
    }
  }

  var purpose: String {
    switch self {
    case .name: "the folder of its results, where --out names none"
    case .axes: "what differs: each value of an axis with each of all others makes a cell, a guest"
    case .exclude: "cells that are not run: all that have these values"
    case .include:
      "cells to run beside those of the axes; what such a cell does not say is the default"
    case .expect: "what every cell is to come to (default: \(Expectation.predicted.rawValue))"
    case .expectations: "cells that are to come to something else; the first that matches counts"
    case .timeout: "how long each stage of a guest may take (default: 60)"
    }
  }
}

/// What makes a cell: options of 'cmalab boot', and what it is expected to come to.
enum CellKey: String, DocumentedKey {
  case board
  case deviceTree = "dtb"
  case overlay, layout, bank, ram, kernel
  case kernelImage = "kernel-image"
  case pageSize = "page-size"
  case lpae, via, cma
  case deviceTreeCMA = "dts-cma"
  case kconfigCMA = "kconfig-cma"
  case region, memreserve
  case fragment = "dts-append"
  case kernelAt = "kernel-at"
  case deviceTreeAt = "dtb-at"
  case initramfsAt = "initramfs-at"
  case cpus, append, test, expect, because

  static let place = "axes, exclude[], include[], expectations[]"
  var isRequired: Bool { false }

  var form: String {
    switch self {
    case .board: "a board's name, or a board file's path"
    case .deviceTree, .overlay, .kernelImage, .fragment: "a file's path"
    case .layout: "a layout's name"
    case .bank: "START+SIZE; a list of such is one value"
    case .ram: "a size, as in 2G"
    case .kernel: "a kernel line, in quotes: \"6.1\""
    case .pageSize: "4k, 16k or 64k"
    case .lpae: "true or false"
    case .kernelAt, .deviceTreeAt, .initramfsAt: "an address"
    case .via: "cmdline, dts or kconfig"
    case .cma, .deviceTreeCMA: "SIZE[@START[-END]]"
    case .kconfigCMA: "SIZE|P%|min:SIZE,P%|max:SIZE,P%"
    case .region, .memreserve: "as behind the option; a list of such is one value"
    case .cpus: "1 to 8"
    case .append: "a text"
    case .test: "a test's name, or 'all'; a list of such is one value, [] is none"
    case .expect: "not in 'axes' and 'exclude': \(Expectation.list)"
    case .because: "a text, beside 'expect: refused' or 'expect: panic'"
    }
  }

  var purpose: String {
    switch self {
    case .expect: "what the cell is to come to"
    case .ram: "\(argument); \(BoardLayout.scaling)"
    case .because: "why, to be read in the report; it is told when the cell begins to pass"
    default: argument
    }
  }

  private var argument: String { "--\(rawValue) of 'cmalab boot'" }

  /// Nil for what is not an option of a guest.
  var option: GuestOption? { GuestOption(rawValue: rawValue) }
}

extension Expectation {
  /// What may be written, and what it means.
  static let list = allCases.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")

  private var meaning: String {
    switch self {
    case .pass: "the pool is there, as it was asked for"
    case .refused: "the kernel boots on without it"
    case .panic: "the kernel dies of it"
    case .predicted: "whatever the model says, to the page"
    }
  }
}

extension MatrixFile {
  /// What a matrix file may say.
  package static let reference = FileReference(
    kind: "matrix", command: "matrix reference",
    summary: "A matrix is a YAML file that makes many guests, for 'cmalab matrix'.",
    example: """
      name: sizes
      axes:
        layout: [rk3568, stock]
        cma: [64M, 1G, 3000M]
        test: [[], [allocate]]
      exclude:
        - { layout: stock, cma: 3000M }
      include:
        - { board: rpi4, cma: 1G, expect: refused }
      expect: predicted
      expectations:
        - { layout: rk3568, cma: 64M, expect: pass }
      timeout: 120
      """,
    mappings: [.init(MatrixKey.self), .init(CellKey.self)])
}
