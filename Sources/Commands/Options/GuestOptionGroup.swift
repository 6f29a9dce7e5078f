// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Runs

/// Options that say something of a guest. A command has the groups that mean something to it, and no
/// others.
protocol GuestOptionGroup: ParsableArguments {
  func apply(to request: inout GuestRequest)
}

/// A command whose options say something of a guest.
protocol GuestCommand: ParsableCommand {
  var request: GuestRequest { get }
}

extension GuestRequest {
  /// The guest that a command's options ask for, its files named from the root.
  init(_ groups: any GuestOptionGroup...) {
    var request = GuestRequest()
    for group in groups { group.apply(to: &request) }
    self = request.withAbsolutePaths(from: HostEnvironment.workingDirectory)
  }

  /// Refuses what contradicts itself, as an error of usage.
  func checkUsage() throws(ValidationError) {
    do { try check() } catch { throw ValidationError("\(error)") }
  }

  /// Refuses the options that ask for anything but what is usual, as an error of usage.
  ///
  /// - Parameters:
  ///   - permitted: those that apply all the same.
  ///   - reason: why the others do not.
  func refuseOptions(
    butFor permitted: Set<GuestOption>, because reason: String
  ) throws(ValidationError) {
    let usual = GuestRequest()
    for (option, values) in options
    where !permitted.contains(option) && values != usual.values(of: option) {
      throw ValidationError("\(option.argument) does not apply: \(reason)")
    }
  }
}
