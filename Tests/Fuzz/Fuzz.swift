// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Fuzzing
import Glibc
import HostFiles
import Synchronization
import SystemPackage

// What libFuzzer calls: see .ci/fuzz.

/// What libFuzzer is to try, by the environment: its arguments are its own.
private enum Fuzzed {
  /// Of `CMALAB_FUZZ_TARGET`; without it the names of all are printed.
  static let target: FuzzTarget = {
    guard let name = getenv("CMALAB_FUZZ_TARGET").map({ String(cString: $0) }) else {
      for target in FuzzTarget.all { print(target.name) }
      exit(0)
    }
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      fatalError(
        "CMALAB_FUZZ_TARGET is '\(name)': set it to one of "
          + FuzzTarget.all.map(\.name).joined(separator: ", "))
    }
    return target
  }()

  /// An input may take as long, with all that looks on; libFuzzer's own clock is for what never ends.
  static let mostSeconds = 2.0
}

/// Writes what the target has to begin with into the folder `CMALAB_FUZZ_SEEDS`, where it is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  let target = Fuzzed.target
  guard let folder = getenv("CMALAB_FUZZ_SEEDS").map({ FilePath(platformString: $0) }) else {
    return 0
  }
  do {
    let seeds = try waiting { try await target.seeds() }
    try HostFile.createDirectory(folder)
    let known = seeds + (try target.formerFindings.map(\.bytes))
    for (index, seed) in known.enumerated() {
      try HostFile.write(seed, to: folder.appending("seed-\(index)"))
    }
    // A word a line, quoted as a C string.
    let words = target.dictionary.map { word in
      "\""
        + word.utf8.map { byte in
          let digits = String(byte, radix: 16)
          return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }.joined() + "\"\n"
    }
    try HostFile.write(
      Array(words.joined().utf8),
      to: folder.removingLastComponent().appending("\(target.name).dict"))
  } catch {
    fatalError("no seeds for '\(target.name)': \(error)")
  }
  return 0
}

/// Has the target read one input, and traps where something does not hold.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  let target = Fuzzed.target
  let start = processorSeconds()
  if let fault = try? waiting({ await target.fault(of: input) }) {
    fatalError("\(target.name): \(fault)")
  }
  let seconds = processorSeconds() - start
  guard seconds <= Fuzzed.mostSeconds else {
    fatalError("\(target.name): it takes \(seconds) s of processor time")
  }
  return 0
}

/// Of this thread, which does all the work: what else the machine does has no part in it.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Has what is asynchronous run on the thread that waits for it: another would have to be woken for each
/// input.
private func waiting<Value: Sendable>(
  _ body: @escaping @Sendable () async throws -> Value
) throws -> Value {
  let result = Mutex<Result<Value, any Error>?>(nil)
  let thread = WaitingThread()
  Task.detached(executorPreference: thread) {
    let value: Result<Value, any Error>
    do { value = .success(try await body()) } catch { value = .failure(error) }
    result.withLock { $0 = value }
  }
  while true {
    thread.runNextJob()
    if let value = result.withLock(\.self) { return try value.get() }
  }
}

/// The executor of a thread that has nothing else to do.
private final class WaitingThread: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    arrivals.signal()
  }

  /// Waits until there is one.
  func runNextJob() {
    arrivals.wait()
    let job = jobs.withLock { $0.removeFirst() }
    job.runSynchronously(on: asUnownedTaskExecutor())
  }
}
