import Foundation

/// Countries by what they are called in many languages, and by their codes of three letters.
///
/// Names are those of the Unicode Common Locale Data Repository, as Foundation carries it; they are gone through once,
/// when the first unusual name turns up, which takes some 10 ms.
enum CountryNames {
    /// The code of two letters.
    ///
    /// - Parameter name: lower case, without dots.
    static func code(of name: String) -> String? {
        if name.utf8.count == 3, let code = codes[name] { return code }
        let folded = fold(name)
        return names[folded]
            ?? articles.lazy.compactMap { folded.hasPrefix($0) ? names[String(folded.dropFirst($0.count))] : nil }.first
    }

    /// Official names say more than people write, or less.
    private static let articles = [
        "the ", "republic of ", "kingdom of ", "state of ", "republik ", "république de ", "república de ",
    ]

    private static let languages = [
        "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "bg", "hr",
        "tr", "ru",
        "uk", "el", "ja", "zh", "zh-Hant", "ko", "ar", "he", "vi", "id", "th", "ca",
    ]

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        var ambiguous: Set<String> = []
        let regions = Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 && $0 < "ZZ" }
        for language in languages {
            let locale = Locale(identifier: language)
            for code in regions {
                guard let name = locale.localizedString(forRegionCode: code) else { continue }
                let folded = fold(name)
                if let other = names[folded], other != code { ambiguous.insert(folded) }
                names[folded] = names[folded] ?? code
            }
        }
        for name in ambiguous { names[name] = nil }
        return names
    }()

    private static func fold(_ name: String) -> String {
        name.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
            .replacingOccurrences(of: ".", with: "").replacingOccurrences(of: "’", with: "'")
            .replacingOccurrences(of: "&", with: "and")
    }

    /// ISO 3166-1: three letters and two.
    private static let codes: [String: String] = Dictionary(
        uniqueKeysWithValues: """
            afgAF albAL dzaDZ asmAS andAD agoAO aiaAI atgAG argAR armAM abwAW ausAU autAT azeAZ bhsBS bhrBH bgdBD brbBB blrBY \
            belBE blzBZ benBJ bmuBM btnBT bolBO besBQ bihBA bwaBW braBR iotIO brnBN bgrBG bfaBF bdiBI cpvCV khmKH cmrCM canCA \
            cymKY cafCF tcdTD chlCL chnCN cxrCX cckCC colCO comKM cogCG codCD cokCK criCR civCI hrvHR cubCU cuwCW cypCY czeCZ \
            dnkDK djiDJ dmaDM domDO ecuEC egyEG slvSV gnqGQ eriER estEE swzSZ ethET flkFK froFO fjiFJ finFI fraFR gufGF pyfPF \
            gabGA gmbGM geoGE deuDE ghaGH gibGI grcGR grlGL grdGD glpGP gumGU gtmGT ggyGG ginGN gnbGW guyGY htiHT vatVA hndHN \
            hkgHK hunHU islIS indIN idnID irnIR irqIQ irlIE imnIM isrIL itaIT jamJM jpnJP jeyJE jorJO kazKZ kenKE kirKI prkKP \
            korKR kwtKW kgzKG laoLA lvaLV lbnLB lsoLS lbrLR lbyLY lieLI ltuLT luxLU macMO mdgMG mwiMW mysMY mdvMV mliML mltMT \
            mhlMH mtqMQ mrtMR musMU mytYT mexMX fsmFM mdaMD mcoMC mngMN mneME msrMS marMA mozMZ mmrMM namNA nruNR nplNP nldNL \
            nclNC nzlNZ nicNI nerNE ngaNG niuNU nfkNF mkdMK mnpMP norNO omnOM pakPK plwPW psePS panPA pngPG pryPY perPE phlPH \
            polPL prtPT priPR qatQA reuRE rouRO rusRU rwaRW blmBL shnSH knaKN lcaLC mafMF spmPM vctVC wsmWS smrSM stpST sauSA \
            senSN srbRS sycSC sleSL sgpSG sxmSX svkSK svnSI slbSB somSO zafZA ssdSS espES lkaLK sdnSD surSR sjmSJ sweSE cheCH \
            syrSY twnTW tjkTJ tzaTZ thaTH tlsTL tgoTG tklTK tonTO ttoTT tunTN turTR tkmTM tcaTC tuvTV ugaUG ukrUA areAE gbrGB \
            usaUS uryUY uzbUZ vutVU venVE vnmVN vgbVG virVI wlfWF eshEH yemYE zmbZM zweZW
            """.split(separator: " ").map { (String($0.prefix(3)), String($0.suffix(2))) })
}
