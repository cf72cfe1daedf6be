import Foundation

/// Capitals and small letters of names that came in one case.
enum NameCase {
    /// Sets capitals where the whole name is in capitals or in small letters; any other name knows better.
    static func tidied(_ given: [String], _ family: [String]) -> (given: [String], family: [String]) {
        let all = (given + family).joined()
        let isUpper = all == all.uppercased(), isLower = all == all.lowercased()
        guard isUpper != isLower else { return (given, family) }
        return (
            given.map { capitalized($0, isUpper: isUpper) },
            family.enumerated().map { index, word in
                let isParticle = index + 1 < family.count && NameWords.particles.contains(word.lowercased())
                return isParticle ? word.lowercased() : capitalized(word, isUpper: isUpper)
            }
        )
    }

    /// A capital at the beginning and behind each hyphen and apostrophe.
    private static func capitalized(_ word: String, isUpper: Bool) -> String {
        // JP, J.R. and III are written so by everybody.
        if isUpper, word.contains(".") || isInitials(word) { return word }
        if romanNumerals.contains(word.uppercased()) { return word.uppercased() }
        var out = ""
        var isStart = true
        var letters = 0
        for character in word {
            out += isStart ? titlecased(character) : character.lowercased()
            letters += 1
            let isApostrophe = "'’‘ʼ".contains(character)
            // O'Brien and D'Angelo, but not Rock'n.
            isStart = character == "-" || character == "‐" || isApostrophe && letters == 2 || character == "."
        }
        if word.count > 3, out.hasPrefix("Mc") {
            out = "Mc" + out.dropFirst(2).prefix(1).uppercased() + out.dropFirst(3)
        }
        return out
    }

    private static func titlecased(_ character: Character) -> String {
        guard let first = character.unicodeScalars.first else { return "" }
        let rest = String(String.UnicodeScalarView(character.unicodeScalars.dropFirst()))
        return first.properties.titlecaseMapping + rest
    }

    /// Two or three consonants are no name that can be said, so they are initials.
    private static func isInitials(_ word: String) -> Bool {
        word.count <= 3 && word.count > 1
            && word.unicodeScalars.allSatisfy { $0.isASCII && !"AEIOUY".unicodeScalars.contains($0) }
    }

    private static let romanNumerals: Set<String> = ["II", "III", "IV"]
}
