// SPDX-License-Identifier: Apache-2.0

/// What the template of a page shows.
struct HTMLPage: TemplateScope {
  let title: String
  var overview: Overview?
  var comparison: ComparisonPage?
  var history: HistoryPage?
  var explanation: ExplanationPage?
  var prediction: PredictionPage?
  var cells: [CellPage] = []
  /// Of what it is made.
  var source = "the records"
  /// Whether a test's times are on it.
  var hasTestTimes = false
  let style = Templates.style
  let styleHash = Templates.styleHash

  /// How many runs came to the same.
  struct Count: TemplateScope {
    let kind: String
    /// Nil where there is nothing to tell by shape.
    let mark: String?
    let count: Int
    let word: String
  }

  /// Of a collection of runs.
  struct Overview: TemplateScope {
    let sentence: String
    /// When, where and with what the runs were made.
    let provenance: [String]
    let counts: [Count]
    let unexpected: Unexpected?
    let common: String
    let hasPredictions: Bool
    let columns: [String]
    /// Whether there is no heat map, as nobody would look at so large a one.
    let isTooLarge: Bool
    let tables: [HeatTable]
    let safe: SafeTable?
    let charts: [ReachChart]
    let missing: Missing?
    let notes: Notes?
  }

  /// The largest safe pool by RAM.
  struct SafeTable: TemplateScope {
    struct Row: TemplateScope {
      let values: [String]
    }
    let titles: [String]
    let rows: [Row]
    let more: Int?
  }

  struct Unexpected: TemplateScope {
    struct Run: TemplateScope {
      /// Of its page; nil where it has none.
      let number: Int?
      let name: String
    }
    /// Runs of one board with one cause.
    struct Row: TemplateScope {
      let name: String
      let kind: String
      let word: String
      let reason: String
      let runs: [Run]
      /// How many more there are.
      let further: Int?
    }
    let heading: String
    let rows: [Row]
    let more: Int?
  }

  struct Missing: TemplateScope {
    let count: String
    let ids: [String]
  }

  struct Notes: TemplateScope {
    let lines: [String]
  }

  /// A heat map, or a group of a large one.
  struct HeatTable: TemplateScope {
    /// Nil for the whole map.
    let name: String?
    /// Whether a browser is to lay it out only when it comes into sight.
    let isLater: Bool
    let groups: [Group]
  }

  /// Of the heat map: one board and layout.
  struct Group: TemplateScope {
    let name: String
    let banks: String
    let common: String
    /// Columns of its table.
    let width: Int
    let rows: [Row]
  }

  struct Row: TemplateScope {
    let name: String
    let squares: [Square]
    let pass: Bound?
    let fail: Bound?
    /// What the model says is safe; nil where it was not asked.
    let safe: String?
  }

  struct Bound: TemplateScope {
    /// Of its page; nil where it has none.
    let number: Int?
    let size: String
  }

  struct Square: TemplateScope {
    let kind: String
    /// Of its page; nil where it has none, or has not run.
    let number: Int?
    let mark: String
    let label: String?
    let reason: String
  }
}
