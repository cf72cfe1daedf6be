import Foundation
import Records

/// Chance that is the same whenever it is about the same person, so that a run gives the same result twice (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// - Parameter text: what it is about.
    init(_ text: String) { state = text.stableHash }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    mutating func share() -> Double { Double.random(in: 0..<1, using: &self) }

    /// A draw from a beta distribution, as two gamma draws.
    mutating func beta(_ first: Double, _ second: Double) -> Double {
        let one = gamma(max(first, 1e-3)), other = gamma(max(second, 1e-3))
        return one + other > 0 ? one / (one + other) : 0.5
    }

    /// A draw from a gamma distribution of scale 1 (Marsaglia and Tsang, 2000).
    private mutating func gamma(_ shape: Double) -> Double {
        if shape < 1 { return gamma(shape + 1) * pow(max(share(), .leastNonzeroMagnitude), 1 / shape) }
        let d = shape - 1.0 / 3, c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = pow(1 + c * x, 3)
            guard v > 0 else { continue }
            let u = max(share(), .leastNonzeroMagnitude)
            if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// A draw from the standard normal distribution (Box and Muller).
    private mutating func normal() -> Double {
        (-2 * log(max(share(), .leastNonzeroMagnitude))).squareRoot() * cos(2 * .pi * share())
    }
}
