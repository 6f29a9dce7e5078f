// SPDX-License-Identifier: Apache-2.0

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
    let bytes =
      switch self {
      case .run: PackageResources.run_1_schema_json
      case .report: PackageResources.report_1_schema_json
      case .history: PackageResources.history_1_schema_json
      case .lint: PackageResources.lint_1_schema_json
      case .lintRules: PackageResources.lint_rules_1_schema_json
      case .suggestion: PackageResources.suggestion_1_schema_json
      case .prediction: PackageResources.prediction_1_schema_json
      case .max: PackageResources.max_1_schema_json
      case .rules: PackageResources.rules_1_schema_json
      case .explanation: PackageResources.explanation_1_schema_json
      case .upgrade: PackageResources.upgrade_1_schema_json
      case .matrix: PackageResources.matrix_1_schema_json
      case .merge: PackageResources.merge_1_schema_json
      }
    return String(decoding: bytes, as: UTF8.self)
  }
}
