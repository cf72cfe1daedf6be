package import Records

/// Turns rows into canonical hints.
///
/// Pure: the same row always gives the same hints.
package struct Normalizer: Sendable {
    package struct Settings: Sendable, Equatable {
        /// For phone numbers without a plus in rows without a country.
        package var region: Region?
        package var collapsesSubaddress: Bool

        package init(region: Region? = Region("US"), collapsesSubaddress: Bool = true) {
            self.region = region
            self.collapsesSubaddress = collapsesSubaddress
        }
    }

    private let settings: Settings
    private let columns: FieldColumns

    package init(_ mapping: HeaderMapping, settings: Settings = Settings()) {
        columns = FieldColumns(mapping)
        self.settings = settings
    }

    package func identify(_ batch: RecordBatch) -> IdentityBatch {
        var identities = IdentityBatch(reservingRows: batch.rowCount)
        var memory = Memory()
        for row in 0..<batch.rowCount {
            identify(Row(batch: batch, row: row), &memory, into: &identities)
            identities.endRow(line: batch.positions[row].line)
        }
        return identities
    }

    /// The columns of a file, looked up once and not for each cell.
    private struct FieldColumns {
        let email, personalEmail, firstName, lastName, fullName, companyName, companyDomain, website: Int?
        let linkedinURL, phone, country: Int?

        init(_ mapping: HeaderMapping) {
            email = mapping[.email]
            personalEmail = mapping[.personalEmail]
            firstName = mapping[.firstName]
            lastName = mapping[.lastName]
            fullName = mapping[.fullName]
            companyName = mapping[.companyName]
            companyDomain = mapping[.companyDomain]
            website = mapping[.website]
            linkedinURL = mapping[.linkedinURL]
            phone = mapping[.phone]
            country = mapping[.country]
        }
    }

    /// What rows of one batch repeat is not looked up again.
    private struct Memory {
        var domains = DomainMemory()
        private var cell: [UInt8] = []
        private var region: Region?

        mutating func region(of text: ArraySlice<UInt8>) -> Region? {
            if !cell.elementsEqual(text) {
                cell = Array(text)
                region = Region(cell: text)
            }
            return region
        }
    }

    private struct Row {
        let batch: RecordBatch
        let row: Int

        /// The cell of a column, nil where the file has no such column or the cell is blank.
        subscript(column: Int?) -> ArraySlice<UInt8>? {
            guard let column else { return nil }
            let cell = batch[row, column]
            return cell.contains { $0 > 0x20 } ? cell : nil
        }
    }

    private func identify(_ row: Row, _ memory: inout Memory, into identities: inout IdentityBatch) {
        addEmail(row[columns.email], to: &identities)
        let email = identities.open(.email).indices
        addNames(of: row, to: &identities)
        identities.add {
            CompanyName.append(row[columns.companyName] ?? [], to: &$0)
            return nil
        }
        identities.add { addDomain(of: row, email: email, &memory.domains, to: &$0) }
        identities.add { out in row[columns.linkedinURL].flatMap { LinkedInProfile.append($0, to: &out) } }
        identities.add { out in
            row[columns.phone].flatMap { phone in
                let region = row[columns.country].flatMap { memory.region(of: $0) } ?? settings.region
                return PhoneNumber.append(phone, region: region, to: &out)
            }
        }
        addEmail(row[columns.personalEmail], to: &identities)
    }

    private func addEmail(_ cell: ArraySlice<UInt8>?, to identities: inout IdentityBatch) {
        identities.add { out in
            cell.flatMap {
                EmailAddress.append($0, collapsesSubaddress: settings.collapsesSubaddress, to: &out)
            }
        }
    }

    private func addNames(of row: Row, to identities: inout IdentityBatch) {
        let first = row[columns.firstName] ?? [], last = row[columns.lastName] ?? []
        if first.isEmpty, last.isEmpty, row[columns.fullName] == nil {
            identities.add([])
            identities.add([])
            return
        }
        switch PlainName.form(given: first, family: last) {
        case .tidy:
            identities.add(first)
            identities.add(last)
        case .oneCase:
            for cell in [first, last] {
                identities.add {
                    PlainName.appendCapitalized(cell, to: &$0)
                    return nil
                }
            }
        case .other:
            let name = PersonName(given: first, family: last, full: row[columns.fullName] ?? [])
            identities.add(Array(name.given.utf8)[...])
            identities.add(Array(name.family.utf8)[...])
        }
    }

    /// The company's own address counts before the one of its website, and both before its people's mail domain.
    ///
    /// - Parameter email: where in `out` the row's email lies.
    private func addDomain(of row: Row, email: Range<Int>, _ memory: inout DomainMemory, to out: inout [UInt8])
        -> HintProblem?
    {
        var problem: HintProblem?
        for cell in [row[columns.companyDomain], row[columns.website]] {
            guard let cell else { continue }
            guard let found = memory.append(cell, to: &out) else { return nil }
            problem = problem ?? found
        }
        guard let at = out[email].lastIndex(of: UInt8(ascii: "@")) else { return problem }
        let host = Array(out[(at + 1)..<email.upperBound])
        let before = out.count
        CompanyDomain.append(hostOfEmail: host[...], to: &out)
        return out.count > before ? nil : problem
    }
}
