// SPDX-License-Identifier: Apache-2.0

package import Records
package import YAMLFiles

// Every format of everything that can be shown.

extension RunCollection: Reportable {
  package static let formats: [ReportFormat<RunCollection>] = [
    ReportFormat(TextReport.self), ReportFormat(HTMLReport.self), ReportFormat(JUnitReport.self),
    ReportFormat(KTAPReport.self), ReportFormat(MarkdownReport.self),
    ReportFormat(CollectionJSON.self), ReportFormat(KCIDBReport.self),
    ReportFormat(CollectionSVG.self),
  ]
}

extension Comparison: Reportable {
  package static let formats: [ReportFormat<Comparison>] = [
    ReportFormat(ComparisonText.self), ReportFormat(ComparisonMarkdown.self),
    ReportFormat(ComparisonHTML.self),
  ]
}

extension History: Reportable {
  package static let formats: [ReportFormat<History>] = [
    ReportFormat(HistoryText.self), ReportFormat(HistoryHTML.self),
    ReportFormat(HistoryMarkdown.self), ReportFormat(HistoryJSON.self),
  ]
}

extension RunRecord: Reportable {
  package static let formats: [ReportFormat<RunRecord>] = [
    ReportFormat(RunText.self), ReportFormat(RecordJSON.self), ReportFormat(RunHTML.self),
    ReportFormat(RunSVG.self),
  ]
}

extension PredictedGuest: Reportable {
  package static let formats: [ReportFormat<PredictedGuest>] = [
    ReportFormat(PredictionText.self), ReportFormat(JSONReport.self),
    ReportFormat(PredictionHTML.self), ReportFormat(PredictionSVG.self),
  ]
}

extension LintReport: Reportable {
  package static let formats: [ReportFormat<LintReport>] = [
    ReportFormat(FindingsText.self), ReportFormat(JSONReport.self),
    ReportFormat(FindingsMarkdown.self),
  ]
}

extension LintRuleList: Reportable {
  package static let formats: [ReportFormat<LintRuleList>] = [
    ReportFormat(LintRulesText.self), ReportFormat(JSONReport.self),
    ReportFormat(LintRulesMarkdown.self),
  ]
}

extension FileReference: Reportable {
  package static let formats: [ReportFormat<FileReference>] = [
    ReportFormat(FileReferenceText.self), ReportFormat(FileReferenceMarkdown.self),
  ]
}

extension Suggestion: Reportable {
  package static let formats: [ReportFormat<Suggestion>] = [
    ReportFormat(SuggestionText.self), ReportFormat(JSONReport.self),
  ]
}

extension RuleList: Reportable {
  package static let formats: [ReportFormat<RuleList>] = [
    ReportFormat(RulesText.self), ReportFormat(JSONReport.self),
  ]
}

extension UpgradedGuest: Reportable {
  package static let formats: [ReportFormat<UpgradedGuest>] = [
    ReportFormat(UpgradeText.self), ReportFormat(JSONReport.self),
  ]
}

extension Array: Reportable where Element == MaximumPool {
  package static var formats: [ReportFormat<[MaximumPool]>] {
    [ReportFormat(MaximumText.self), ReportFormat(JSONReport.self)]
  }
}

extension Explanation: Reportable {
  package static let formats: [ReportFormat<Explanation>] = [
    ReportFormat(ExplanationText.self), ReportFormat(JSONReport.self),
    ReportFormat(ExplanationMarkdown.self), ReportFormat(ExplanationHTML.self),
    ReportFormat(ExplanationSVG.self),
  ]
}
