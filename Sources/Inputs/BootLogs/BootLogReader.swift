// SPDX-License-Identifier: Apache-2.0

/// Reads a log as its bytes arrive, in one pass: what it keeps does not grow with the log's length.
package struct BootLogReader {
  private var splitter = LineSplitter()
  private var boots = BootAssembler()

  package init() {}

  /// Takes the next bytes of the log, wherever they are cut.
  package mutating func read(_ chunk: [UInt8]) {
    splitter.split(chunk, into: &boots)
  }

  /// The log, after its last byte.
  package mutating func finish() -> BootLog {
    splitter.finish(into: &boots)
    return BootLog(boots: boots.finish(), lineCount: splitter.number)
  }
}
