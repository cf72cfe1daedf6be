import Foundation

/// Names of companies: shown as they came, compared without their legal form.
enum CompanyName {
    /// Appends a name with blanks trimmed and runs of blanks made one.
    static func append(_ cell: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let text = cell.isASCII ? cell.trimmed : cell.composed[...].trimmed
        if hasSingleBlanks(text) { return out.append(contentsOf: text) }
        var wasBlank = false
        for byte in text {
            let isBlank = byte <= 0x20
            if isBlank {
                if !wasBlank { out.append(UInt8(ascii: " ")) }
            } else {
                out.append(byte)
            }
            wasBlank = isBlank
        }
    }

    /// Whether nothing stands between its words but one blank.
    private static func hasSingleBlanks(_ text: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in text {
            guard byte > 0x20 || byte == 0x20 && previous != 0x20 else { return false }
            previous = byte
        }
        return true
    }

    /// The name for comparing: lower case, without punctuation and legal forms; never empty where there is a name.
    static func compared(_ name: String) -> String {
        let words = words(of: name)
        var kept = words[...]
        while let length = legalForm(atEndOf: kept), length < kept.count { kept = kept.dropLast(length) }
        while let length = legalForm(atStartOf: kept), length < kept.count { kept = kept.dropFirst(length) }
        let text = kept.joined(separator: " ")
        return withoutAttachedForm(text)
    }

    /// Lower-case words; dots vanish, so that `G.m.b.H.` is `gmbh`, and single letters in a row are one word.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var wasLetter = false
        let plain = name.precomposedStringWithCompatibilityMapping.lowercased().filter {
            $0 != "." && $0 != "'" && $0 != "’"
        }
        for word in plain.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let isLetter = word.count == 1 && word.first?.isASCII == true
            if isLetter, wasLetter {
                words[words.count - 1] += word
            } else {
                words.append(String(word))
            }
            wasLetter = isLetter
        }
        return words
    }

    private static func legalForm(atEndOf words: ArraySlice<String>) -> Int? {
        (1...5).reversed().first { $0 <= words.count && forms.contains(words.suffix($0).joined(separator: " ")) }
    }

    private static func legalForm(atStartOf words: ArraySlice<String>) -> Int? {
        (1...3).reversed().first { $0 <= words.count && leadingForms.contains(words.prefix($0).joined(separator: " ")) }
    }

    /// Chinese, Japanese and Korean forms stand without a blank.
    private static func withoutAttachedForm(_ text: String) -> String {
        for form in attached {
            if text.hasSuffix(form), text.count > form.count { return String(text.dropLast(form.count)).trimmed }
            if text.hasPrefix(form), text.count > form.count { return String(text.dropFirst(form.count)).trimmed }
        }
        return text
    }

    private static let forms = set(
        """
        inc; incorporated; corp; corporation; co; company; llc; llp; lp; lllp; pllc; pc; ltd; limited; plc; pbc; \
        ltd co; co ltd; co inc; co limited; company limited; pty ltd; pty limited; pty; pvt ltd; private limited; \
        pvt limited; pte ltd; pte limited; pte; unlimited company; dac; clg; cic; ulc; \
        gmbh; ggmbh; mbh; ag; kg; kgaa; ohg; gbr; ug; ug haftungsbeschränkt; ek; ev; eg; se; partg; partg mbb; partgmbb; \
        gmbh co kg; gmbh und co kg; gmbh co kgaa; gmbh co ohg; ag co kg; ag co kgaa; se co kg; se co kgaa; ug co kg; ug haftungsbeschränkt co kg; \
        co kg; co kgaa; gesmbh; ges mbh; gesellschaft mbh; aktiengesellschaft; gesellschaft mit beschränkter haftung; sarl; sàrl; sagl; \
        sa; sas; sasu; sarlu; eurl; snc; sci; scop; selarl; scs; sca; societe anonyme; société anonyme; \
        spa; srl; srls; sapa; sas di; società per azioni; scarl; scrl; coop; \
        sl; slu; sau; sll; sc; scoop; sociedad limitada; sociedad anonima; sociedad anónima; \
        sa de cv; sapi de cv; s de rl de cv; s de rl; sa de rl de cv; sapi; sab de cv; sas de cv; sc de rl de cv; srl de cv; sofom; eirl; sac; saa; ltda; limitada; \
        eireli; epp; lda; sgps; sgps sa; unipessoal lda; sociedade anonima; sociedade anônima; sad; \
        bv; nv; vof; cv; bvba; sprl; comm v; besloten vennootschap; naamloze vennootschap; \
        ab; as; asa; aps; ans; oy; oyj; hf; ehf; ky; tmi; publ; ab publ; aktiebolag; aktieselskab; anpartsselskab; osakeyhtiö; \
        spółka akcyjna; spolka akcyjna; sp zoo; sp z oo; sp zo o; sp zo; sp z o o; sp k; sp j; sp zoo sp k; sp z oo sp k; sp z oo sp komandytowa; \
        sro; spol sro; spol s ro; s ro; s r o; as cz; kft; zrt; nyrt; bt; rt; doo; d o o; ad; ead; eood; ood; oü; uab; sia; jsc; pjsc; ojsc; \
        as tr; aş; a ş; ltd şti; ltd sti; anonim şirketi; limited şirketi; şti; \
        tbk; persero; sdn bhd; bhd; kk; gk; yk; kabushiki kaisha; co pte ltd; jsc vn; joint stock company; \
        ооо; оао; зао; пао; ао; ип; тов; ват; пат; ε ε; αε; επε; ae; epe; fzco; fze; fz llc; fzllc; wll; saoc; saog; psc; llc fz; spc; \
        株; 有; 주; 유; \
        holding gmbh; holding ag; holdings inc; holdings ltd; holdings llc; group ltd; group inc; group plc
        """)
    private static let leadingForms = set(
        "pt; cv; ud; kk; ооо; оао; зао; пао; ао; ип; тов; uab; sia; fa; firma; the; 株; 有; 주; 유")
    private static let attached = [
        "株式会社", "有限会社", "合同会社", "合資会社", "一般社団法人", "股份有限公司", "有限责任公司", "有限公司", "集团有限公司",
        "주식회사", "유한회사",
    ]

    private static func set(_ text: String) -> Set<String> {
        Set(text.replacingOccurrences(of: "\n", with: " ").split(separator: ";").map { String($0).trimmed })
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
