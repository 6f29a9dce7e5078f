// SPDX-License-Identifier: Apache-2.0

/// `text` as a scalar of YAML that every reader takes for exactly these characters.
///
/// What is not plainly a word is written in double quotes (YAML 1.2, 7.3.1), whose escapes are those
/// of JSON for what may stand in a path or a command.
func yamlScalar(_ text: String) -> String {
  let isPlain =
    text.first.map { $0.isASCII && $0.isLetter || $0 == "/" || $0 == "." } ?? false
    && text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "_-./=@+ $\"".unicodeScalars.contains(scalar))
    } && !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
    && !text.hasSuffix(" ")
  if isPlain { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
