// SPDX-License-Identifier: Apache-2.0
package import MemoryRequests
package import Quantities
package import SystemPackage
import YAMLFiles

/// Why a kernel cannot be had.
package enum KernelError: Error, Hashable, Sendable {
  /// The file is not an image that an arm64 guest boots; the reason.
  case notAnImage(FilePath, String)
  /// No such line in `kernel-config`; the lines that there are.
  case unknownLine(String, known: [String])
  /// A line that is not built for that architecture.
  case lineOfOthers(String, Architecture, known: [String])
  /// A kernel of another line than the one that was asked for.
  case releaseOfOtherLine(String, line: String, package: String)
  /// The folder given as a kernel source is none; the reason.
  case notASource(FilePath, String)
  /// A source that has been built in its own folder, outside of which it cannot be built then.
  case builtInPlace(FilePath)
  /// No such file in a tree's folder of configurations; those that are there.
  case unknownDefconfig(String, of: FilePath, known: [String])
  /// A .config of another architecture, which it names.
  case configurationOfOthers(FilePath, String, Architecture)
  /// Symbols that a fragment asked for and the kernel's own configuration did not keep.
  case optionsLost([KernelOption], log: FilePath)
  /// The build failed; the compiler's own words and where everything it said is.
  case buildFailed(step: String, errors: [String], log: FilePath)
  /// A fragment line that is neither a comment nor an option.
  case badFragment(FilePath, line: Int, text: String)
}

extension KernelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAnImage(let path, let reason):
      "\(path) is not a kernel image to boot: \(reason)"
    case .unknownLine(let line, let known):
      "there is no kernel line '\(line)': choose one of \(known.joined(separator: ", "))"
    case .lineOfOthers(let line, let architecture, let known):
      "kernel line '\(line)' is not built for \(architecture.rawValue): "
        + "choose one of \(known.joined(separator: ", "))"
    case .releaseOfOtherLine(let release, let line, let package):
      "package \(package) is Linux \(release), which is not of line \(line): "
        + "correct the line's package in kernel-config/kernels.yaml"
    case .notASource(let path, let reason):
      "\(path) is not a kernel source tree: \(reason)"
    case .builtInPlace(let path):
      "\(path) has been built in its own folder, and no kernel can be built outside of it then: "
        + "keep its .config elsewhere, run 'make mrproper' there, and put the .config back"
    case .unknownDefconfig(let name, let folder, let known):
      "\(folder) has no '\(name)': \(NearestNames(to: name, among: known).remedy)"
    case .configurationOfOthers(let path, let found, let wanted):
      "\(path) configures a kernel for \(found), and the board is \(wanted.rawValue): give a "
        + "configuration of the tree with --defconfig, or move the .config away"
    case .optionsLost(let options, let log):
      "the kernel's configuration did not keep what was asked for, perhaps because something it "
        + "depends on is missing:\n"
        + options.map { "  \($0)" }.joined(separator: "\n") + "\nthe whole log is \(log)"
    case .buildFailed(let step, let errors, let log):
      "the kernel did not build: \(step) failed:\n"
        + errors.map { "  \($0)" }.joined(separator: "\n") + "\nthe whole log is \(log)"
    case .badFragment(let path, let line, let text):
      "\(path):\(line): '\(text)' is not a kernel option: "
        + "write CONFIG_NAME=value or # CONFIG_NAME is not set"
    }
  }
}
