// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What this process itself has used so far, its children not counted (getrusage(2)).
struct HarnessUsage {
  /// User and system time, in seconds.
  let cpuSeconds: Double
  /// The largest resident set, in MiB.
  let peakMebibytes: Double

  init() {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    // Linux counts ru_maxrss in KiB.
    peakMebibytes = Double(usage.ru_maxrss) / 1024
  }
}
