// SPDX-License-Identifier: Apache-2.0

extension KernelProfile {
  static let linux510 = KernelProfile(
    line: "5.10", checkedRelease: "5.10.223", poolTime: .afterMemoryMap, zoneLimit: .powerOfTwo,
    highSearch: .none, regionOrder: .sorted, crashKernelSearch: .low,
    crashKernelMemoryUnit: 1,
    passesOverCrashKernelCMA: false, ordersEqualRegions: false, memreserveFirst: true,
    growsAlongRegions: false,
    validatesRegionsFirst: false, removesDynamicNoMap: true, noMapOutsideMemory: false,
    largestOrderAligns: true, ownLimitReplaces: false, printsAskedSize: false, nodeSuffix: "",
    extraAreas: 1, countsInactiveAreas: true, hugePagesSetPageblock: false,
    maxOrderIsExclusive: true, reservesFromStext: false, mapsKernelEarly: true,
    mapsIdentityEarly: false, linearMap: .configured, sectionBits: 30, sectionBits64K: 30,
    deviceNodeBytes: 168, propertyBytes: 88, reservedMemBytes: 0, sectionUsageBytes: 16)

  static let linux61 = KernelProfile(
    line: "6.1", checkedRelease: "6.1.192", checkedARMRelease: "6.1.192", poolTime: .afterMemoryMap,
    zoneLimit: .powerOfTwo,
    highSearch: .endOfMemory, regionOrder: .sorted, crashKernelSearch: .lowUnlessHigh,
    crashKernelMemoryUnit: 128 << 20,
    passesOverCrashKernelCMA: false, ordersEqualRegions: false,
    memreserveFirst: true,
    growsAlongRegions: false, validatesRegionsFirst: false, removesDynamicNoMap: false,
    noMapOutsideMemory: true, largestOrderAligns: false, ownLimitReplaces: false,
    printsAskedSize: false, nodeSuffix: "", extraAreas: 1, countsInactiveAreas: false,
    hugePagesSetPageblock: false, maxOrderIsExclusive: true, reservesFromStext: true,
    mapsKernelEarly: true, mapsIdentityEarly: true, linearMap: .configured, sectionBits: 27,
    sectionBits64K: 29, deviceNodeBytes: 208, propertyBytes: 96, reservedMemBytes: 0,
    sectionUsageBytes: 16)

  static let linux612 = KernelProfile(
    line: "6.12", checkedRelease: "6.12.95", poolTime: .afterMemoryMap, zoneLimit: .exact,
    highSearch: .endOfMemory, regionOrder: .staticFirst, crashKernelSearch: .bothSides,
    crashKernelMemoryUnit: 128 << 20,
    passesOverCrashKernelCMA: false, ordersEqualRegions: true,
    memreserveFirst: false,
    growsAlongRegions: true, validatesRegionsFirst: false, removesDynamicNoMap: false,
    noMapOutsideMemory: true, largestOrderAligns: false, ownLimitReplaces: false,
    printsAskedSize: false, nodeSuffix: " on node -1", extraAreas: 0, countsInactiveAreas: false,
    hugePagesSetPageblock: true, maxOrderIsExclusive: false, reservesFromStext: false,
    mapsKernelEarly: false, mapsIdentityEarly: false, linearMap: .configured, sectionBits: 27,
    sectionBits64K: 29, deviceNodeBytes: 208, propertyBytes: 104, reservedMemBytes: 0,
    sectionUsageBytes: 16)

  static let linux72 = KernelProfile(
    line: "7.2", checkedRelease: "7.2.13", poolTime: .beforeMemoryMap, zoneLimit: .exact,
    highSearch: .limit, regionOrder: .staticFirst, crashKernelSearch: .bothSides,
    crashKernelMemoryUnit: 128 << 20,
    passesOverCrashKernelCMA: true, ordersEqualRegions: false,
    memreserveFirst: false,
    growsAlongRegions: true, validatesRegionsFirst: true, removesDynamicNoMap: false,
    noMapOutsideMemory: true, largestOrderAligns: false, ownLimitReplaces: true,
    printsAskedSize: true, nodeSuffix: "", extraAreas: 0, countsInactiveAreas: false,
    hugePagesSetPageblock: true, maxOrderIsExclusive: false, reservesFromStext: false,
    mapsKernelEarly: false, mapsIdentityEarly: false, linearMap: .pages, sectionBits: 27,
    sectionBits64K: 29, deviceNodeBytes: 208, propertyBytes: 104, reservedMemBytes: 40,
    sectionUsageBytes: 16)
}
