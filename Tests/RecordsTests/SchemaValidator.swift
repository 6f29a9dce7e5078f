// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage

/// The validator of the distribution, python3-jsonschema.
enum SchemaValidator {
  static let schemas = Fixture.tests.removingLastComponent().removingLastComponent()
    .pushing("Sources/Judgement/Records/Schemas")

  /// - Parameter schema: a file of Schemas/, with a JSON pointer or without.
  /// - Throws: `ToolError` for a document that the schema does not take.
  static func validate(_ document: String, as schema: String) async throws {
    let file = FilePath("/tmp/cmalab-document-\(UInt64.random(in: 0 ... .max)).json")
    try HostFile.write(Array(document.utf8), to: file)
    defer { try? HostFile.remove(file) }
    _ = try await ToolCommand(
      .path("/usr/bin/python3"),
      [Fixture.tests.appending("validate.py").string, schemas.string, schema, file.string]
    ).output(deadline: .seconds(60))
  }
}
