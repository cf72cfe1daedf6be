/// Invented people at invented companies.
///
/// Every domain ends in `.example`; every number is set aside for fiction.
struct Person {
    let number: Int
    let first: String
    let last: String
    let company: Company
    let title: String
    let email: String
    let personalEmail: String
    let linkedinSlug: String
    let phone: Phone

    /// The same person for the same number and seed.
    init(_ number: Int, seed: UInt64) {
        var random = Random(seed: seed &* 1_000_003 &+ UInt64(number))
        self.number = number
        company = Company(random.below(Company.count))
        let (firsts, lasts) = Names.inCountry(company.country)
        first = random.pick(firsts)
        last = random.pick(lasts)
        title = random.pick(Names.titles)
        let slug = "\(Names.ascii(first))-\(Names.ascii(last))-\(number)"
        linkedinSlug = slug
        // The number keeps people apart who share a name, as companies do.
        let local = "\(Names.ascii(first)).\(Names.ascii(last))" + (number % 3 == 0 ? "" : "\(number % 97)")
        email = "\(local)@\(company.domain)"
        personalEmail = "\(Names.ascii(last))\(number)@\(random.pick(["freemail.example", "webmail.example"]))"
        phone = Phone(country: company.country, number: number, random: &random)
    }
}

struct Company {
    static let count = 400

    let name: String
    let domain: String
    let country: String
    let number: Int

    init(_ number: Int) {
        self.number = number
        let base = Names.companyWords[number % Names.companyWords.count]
        let field = Names.companyFields[(number / Names.companyWords.count) % Names.companyFields.count]
        country = Names.countries[number % Names.countries.count]
        let forms = Names.legalForms[country] ?? ["Ltd."]
        name = "\(base) \(field)\(forms[number % forms.count])"
        domain = "\(base.lowercased())-\(field.lowercased()).example"
    }
}

/// A number that no subscriber has: ranges that regulators keep for films and books.
struct Phone {
    let national: String
    let international: String

    init(country: String, number: Int, random: inout Random) {
        let two = Phone.padded(number % 100, 2), three = Phone.padded(number % 1000, 3),
            four = Phone.padded(number % 10_000, 4)
        switch country {
        case "United Kingdom": (national, international) = ("020 7946 0\(three)", "+44 20 7946 0\(three)")
        case "Germany": (national, international) = ("030 23125 \(three)", "+49 30 23125\(three)")
        case "France":
            (national, international) = (
                "01 99 00 \(four.prefix(2)) \(four.suffix(2))", "+33 1 99 00 \(four.prefix(2)) \(four.suffix(2))"
            )
        case "Sweden": (national, international) = ("031-390 06 \(two)", "+46 31 390 06 \(two)")
        case "Ireland": (national, international) = ("020 91\(number % 10) \(four)", "+353 20 91\(number % 10) \(four)")
        default:
            let area = random.pick(["212", "415", "312", "617", "206"])
            (national, international) = ("(\(area)) 555-01\(two)", "+1 \(area)-555-01\(two)")
        }
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

enum Names {
    static let countries = [
        "United States", "Germany", "United Kingdom", "France", "United States", "Sweden", "Ireland",
    ]

    static func inCountry(_ country: String) -> (firsts: [String], lasts: [String]) {
        switch country {
        case "Germany":
            (
                ["Jörg", "Anke", "Björn", "Käthe", "Lukas", "Sabine", "Uwe", "Friederike"],
                ["Müßig", "Schröterbach", "von der Lindau", "Käferstein", "Ostermoor", "Weißgräber", "Hollenrath"]
            )
        case "France":
            (
                ["Zoé", "François", "Hélène", "Gaël", "Noémie", "Thibault", "Maëlle"],
                ["d'Arbrevert", "Lefévrier", "de la Tournelle", "Béchamont", "Saint-Ombre", "Dupontel"]
            )
        case "Sweden":
            (
                ["Åsa", "Göran", "Linnéa", "Sören", "Ebba", "Torbjörn"],
                ["Björkqvast", "Åkerlundh", "Sjöstrandh", "Öhmansson", "Lindqvarn"]
            )
        case "Ireland":
            (
                ["Niamh", "Cormac", "Aoife", "Ruairí", "Siobhán", "Eoin"],
                ["O'Quillan", "Mac Dermodh", "Ní Bhraonain", "Fitzgarrold", "O'Tarney"]
            )
        case "United Kingdom":
            (
                ["Zelda", "Rupert", "Imogen", "Alistair", "Pippa", "Desmond", "Harriet"],
                ["Quux", "Thistlewick", "Pemberley-Shaw", "Ashgrove", "Wetherdale", "Cobblepot"]
            )
        default:
            (
                ["Mary Ann", "Dwayne", "Latoya", "Chet", "Priya", "Hank", "Guadalupe", "Kwame", "Sofía"],
                [
                    "Vandersmoot", "Piedmonte", "Okonjo-Bell", "Quarterstaff", "Rutherglen III", "Nakashimada",
                    "Zapatero",
                ]
            )
        }
    }

    static let titles = [
        "VP, Sales & Marketing", "Head of Operations", "Geschäftsführer", "Chief Technology Officer",
        "Account Executive",
        "Directrice commerciale", "Buyer", "Software Engineer", "Inköpschef", "Office Manager", "Founder",
    ]
    static let companyWords = [
        "Acme", "Globex", "Initrode", "Umbra", "Vandelay", "Hooli", "Soylent", "Wonka", "Stark", "Tyrell", "Cyberdyne",
        "Gringott",
        "Oceanic", "Massive", "Duff", "Monarch", "Vehement", "Bluth", "Sirius", "Nakatomi",
    ]
    static let companyFields = [
        "Widgets", "Logistics", "Software", "Pharma", "Foods", "Energy", "Optics", "Textiles", "Robotics", "Insurance",
        "Paper", "Marine", "Audio", "Ceramics", "Dental", "Mobility", "Packaging", "Seeds", "Tools", "Games",
    ]
    static let legalForms = [
        "United States": [", Inc.", " LLC", " Corp."], "Germany": [" GmbH", " GmbH & Co. KG", " AG"],
        "France": [" SA", " SARL"],
        "United Kingdom": [" Ltd.", " plc"], "Sweden": [" AB"], "Ireland": [" DAC", " Ltd."],
    ]
    static let notes = [
        "", "", "", "", "", "Met at the booth.\nSaid \"call me\"; wants pricing", "Prefers email, not phone",
        "Renewal in Q3;\r\nsee contract, p. 4",
        "Würde gern im März sprechen", "\"Not now\", back in 6 months", "=SUM looks odd in Excel", "  asked twice  ",
    ]

    /// Letters that an address can have.
    static func ascii(_ name: String) -> String {
        let plain: [Character: String] = [
            "ö": "oe", "ä": "ae", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ë": "e", "ç": "c", "å": "a", "í": "i",
            "á": "a",
        ]
        return name.lowercased().reduce(into: "") { out, letter in
            if let replaced = plain[letter] {
                out += replaced
            } else if letter.isASCII, letter.isLetter || letter == "-" {
                out.append(letter)
            }
        }
    }
}
