import Foundation

/// The words of a name, and which of them are no part of it.
struct NameWords {
    var words: [String]

    init(_ words: [String]) { self.words = words }

    /// Splits at blanks; nicknames in brackets or quotes and signs that are no letters, such as emoji, are left out.
    init(_ text: String) {
        var plain = String.UnicodeScalarView()
        var closing: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if let waited = closing {
                if scalar == waited { closing = nil }
                continue
            }
            if let pair = Self.brackets[scalar], text.unicodeScalars.contains(pair) {
                closing = pair
                plain.append(" ")
                continue
            }
            switch scalar.properties.generalCategory {
            case .otherSymbol,
                .modifierSymbol where scalar.value > 0x7F:
                plain.append(" ")
            case .spaceSeparator, .control, .lineSeparator, .paragraphSeparator: plain.append(" ")
            case .privateUse, .unassigned, .surrogate: break
            default: if !(0xFE00...0xFE0F).contains(scalar.value) { plain.append(scalar) }
            }
        }
        words = String(plain).split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
            .filter { word in word.contains { $0.isLetter || $0.isNumber } }
    }

    private static let brackets: [Unicode.Scalar: Unicode.Scalar] = [
        "(": ")", "[": "]", "\"": "\"", "“": "”", "„": "“", "«": "»", "（": "）",
    ]

    // MARK: What is no part of a name

    /// Without the titles at its front.
    func withoutTitles() -> NameWords {
        NameWords(Array(words.drop { Self.isTitle($0) }))
    }

    var startsWithTitle: Bool { words.first.map { Self.isTitle($0) } ?? false }

    /// Without the degrees at its end, as long as a word is left.
    func withoutDegrees() -> NameWords {
        var words = words
        while words.count > 1, let last = words.last, Self.isDegree(last, alone: false) { words.removeLast() }
        return NameWords(words)
    }

    /// Whether it consists of degrees, as in "Zelda Quux, MBA, PhD".
    var isDegrees: Bool { !words.isEmpty && words.allSatisfy { Self.isDegree($0, alone: true) } }

    /// Whether it is a suffix that tells a father from a son.
    var isGenerational: Bool { words.count == 1 && Self.generations.contains(Self.bare(words[0])) }

    /// All words that may be no part of a name.
    static var withoutMeaning: Set<String> { titles.union(degrees) }

    private static func bare(_ word: String) -> String { word.lowercased().filter { $0 != "." } }

    /// A title, or an abbreviation with a dot that is one only with it.
    private static func isTitle(_ word: String) -> Bool {
        let bare = bare(word)
        return titles.contains(bare) || word.hasSuffix(".") && dottedTitles.contains(bare)
    }

    /// - Parameter alone: behind a comma, where short ones are no family name.
    private static func isDegree(_ word: String, alone: Bool) -> Bool {
        let bare = bare(word)
        if degrees.contains(bare) { return true }
        let isAbbreviated = word == word.uppercased() || word.contains(".")
        return looseDegrees.contains(bare) && (alone || isAbbreviated && word.contains("."))
    }

    private static let titles = set(
        """
        mr mrs ms miss mx mister dr prof professor sir dame herr frau fräulein madame mme mlle monsieur sra srta señor \
        señora señorita dott dottssa drs dipl-ing dipling univ-prof privatdozent dhr mevr mw pani fru hr
        """)
    /// Only with a dot, since without it they are names or initials.
    private static let dottedTitles = set(
        "m sr ing mag ir avv rev capt cpt col lt sgt gen maj hon fr rag arch geom med jur rer nat habil phil h c")
    private static let degrees = set(
        """
        phd mba cpa cfa esq esquire pmp dds dvm cissp msc bsc mphil llm llb beng meng bcom mcom bba mpa mph edd psyd \
        pharmd dphil frcs frcp shrm-cp shrm-scp sphr csm cpsm cscp ccna itil pmi-acp prince2 chfc mcse cisa cism crisc \
        facs faia leed-ap
        """)
    /// Also names, so they count only with dots or behind a comma.
    private static let looseDegrees = set("ma ba md do rn pe ms bs jd aia cfp clu cma pa np od")
    private static let generations = set("jr sr ii iii iv 2nd 3rd")

    private static func set(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
    }

    // MARK: Given and family

    /// The family name is the last word with the particles in front of it and the suffix behind it.
    ///
    /// - Parameter isFamilyAlone: what a single word is.
    func parted(isFamilyAlone: Bool) -> (given: [String], family: [String]) {
        let tail = words.count > 1 && Self.generations.contains(Self.bare(words[words.count - 1])) ? 1 : 0
        let count = words.count - tail
        guard count > 1 else { return isFamilyAlone ? ([], words) : (words, []) }
        var family = count - 1
        if let particle = words.indices.dropFirst().first(where: { $0 < count - 1 && isParticle($0) }) {
            // "Ortega y Gasset" begins with the word before.
            let joins = Self.joining.contains(words[particle])
            family = joins ? particle - 1 : particle
        }
        guard family > 0 else { return ([words[0]], Array(words.dropFirst())) }
        return (Array(words[..<family]), Array(words[family...]))
    }

    private func isParticle(_ index: Int) -> Bool {
        let word = words[index]
        if Self.joining.contains(word) { return index > 1 }
        // In lower case among capitals there is no doubt; with a capital only where it is no given name.
        return Self.particles.contains(word.lowercased())
            && (word == word.lowercased() || !Self.alsoNames.contains(word.lowercased()))
    }

    private static let joining: Set<String> = ["y", "i"]
    private static let alsoNames = set("ben san santa da do la al el le mac den ter ten st lo")
    static let particles = set(
        """
        van von der den de del della delle dello degli dei dalla da das do dos du des la las le los lo bin bint ibn al el \
        ben abu ter ten zu zum zur vom op aan het 't af av san santa st st. mac
        """)
}
