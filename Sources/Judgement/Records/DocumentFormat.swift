// SPDX-License-Identifier: Apache-2.0
import CSchemas

// Records: everything that cmalab writes for programs to read, and the folders that keep it. Each
// format is a value here, with a JSON Schema in Schemas/. What is read back is judged again: a
// document that contradicts itself, or has numbers that no run has, is named and not believed.

/// A versioned format of what cmalab writes.
///
/// A version's documents only ever gain keys; whatever else changes makes another version, and both
/// are read.
package enum DocumentFormat: String, CaseIterable, Sendable {
  /// ``RunRecord``: a run's `record.json`, `boot --format json`.
  case run
  /// ``RunsDocument``: `report --format json`.
  case report
  /// ``HistoryDocument``: `report --history --format json`.
  case history
  /// ``LintReport``: `lint --format json`.
  case lint
  /// ``LintRuleList``: `lint --rules --format json`.
  case lintRules = "lint-rules"
  /// ``Suggestion``: `suggest --format json`.
  case suggestion
  /// ``PredictedGuest``: `predict --format json`.
  case prediction
  /// ``MaximumPool``, in a list: `max --format json`.
  case max
  /// ``RuleList``: `kernels rules --format json`.
  case rules
  /// ``Explanation``: `explain --format json`.
  case explanation
  /// ``UpgradedGuest``: `upgrade --format json`.
  case upgrade
  /// ``MatrixPlan``: a matrix's `matrix.json`; a line of its `results.jsonl` is a ``CellResult``.
  case matrix
  /// ``MergeSummary``: the `merge.json` of a matrix that was submitted.
  case merge

  /// The version that is written.
  package var version: Int { 1 }

  /// The value of the key `schema` in each document: `cmalab.run/1`.
  package var identifier: String { "cmalab.\(rawValue)/\(version)" }

  /// The name by which other schemas refer to its own.
  package var schemaFileName: String { "\(rawValue)-\(version).schema.json" }

  /// Its JSON Schema (draft 2020-12), as Schemas/ has it.
  package var schema: String {
    let schemas = cmalab_schemas()
    let text =
      switch self {
      case .run: schemas.run
      case .report: schemas.report
      case .history: schemas.history
      case .lint: schemas.lint
      case .lintRules: schemas.lint_rules
      case .suggestion: schemas.suggestion
      case .prediction: schemas.prediction
      case .max: schemas.max
      case .rules: schemas.rules
      case .explanation: schemas.explanation
      case .upgrade: schemas.upgrade
      case .matrix: schemas.matrix
      case .merge: schemas.merge
      }
    return String(cString: text)
  }
}
