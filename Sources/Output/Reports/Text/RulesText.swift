// SPDX-License-Identifier: Apache-2.0

package import Records

/// A kernel's rules for people to read.
package struct RulesText: Report {
  package static let name = RunText.name
  package static let purpose = RunText.purpose

  private let list: RuleList

  package init(_ list: RuleList, style: AddressMap.Style) { self.list = list }

  package var document: String {
    ([heading] + parameters + list.rules.map(paragraph)).map { "\($0)\n" }.joined(separator: "\n")
  }

  private var heading: String {
    if let other = list.against {
      let differing = list.rules.count(where: \.differs)
      let unread = list.rules.count - differing
      return
        "Linux \(list.release) and \(other) differ in \(differing) of \(list.count) rules"
        + (unread > 0 ? ", and of \(unread) more the source has no form that is known" : "")
    }
    let read = list.rules.count { $0.form.origin.kind == .tree }
    guard read == 0 else {
      return "Linux \(list.release), \(list.count) rules, \(read) of them read off the source"
    }
    let checked =
      list.checkedRelease.map { "those of \($0) were compared with guests" }
      ?? "this line's were not compared with guests"
    return "Linux \(list.release), \(list.count) rules; \(checked)"
  }

  private var parameters: [String] {
    guard let names = list.unknownParameters else { return [] }
    return [
      "The source has early parameters that no known kernel has; nothing is predicted with them: "
        + names.joined(separator: ", ").printable
    ]
  }

  private func paragraph(_ rule: RuleList.Rule) -> String {
    let place = [rule.file, rule.function].compactMap(\.self).joined(separator: ", ")
    let origin = place.isEmpty ? "measured on guests" : place
    guard let other = rule.other, let against = list.against else {
      return """
        \(rule.question): \(rule.form.value)
          \(rule.name), \(words(rule.form.origin)); \(origin)
        """
    }
    let width = max(list.release.count, against.count)
    func line(_ release: String, _ form: RuleList.Form) -> String {
      let name = release + String(repeating: " ", count: width - release.count)
      return "  \(name)  \(form.value) (\(words(form.origin)))"
    }
    return """
      \(rule.question)
      \(line(list.release, rule.form))
      \(line(against, other))
        \(rule.name); \(origin)
      """
  }

  private func words(_ origin: RuleList.Origin) -> String {
    let release = origin.release ?? "?"
    return switch origin.kind {
    case .tree: "read off the source"
    case .unread: "not known: the source has another form than those known"
    case .oldest: "as in \(release)"
    case .release: "since \(release)"
    case .line: "since \(release) at the latest"
    case .assumed: "assumed: the release that changed it is not known"
    case .newestKnown: "assumed: as in \(release)"
    }
  }
}
