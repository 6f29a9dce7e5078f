// SPDX-License-Identifier: Apache-2.0
import Testing

/// The tests that start guests, one at a time: each of them takes a processor and a half.
@Suite(.serialized) enum Guests {}
