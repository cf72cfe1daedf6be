import CLibXML2
import Records

/// What reads the elements of a document as they come.
protocol MarkupHandler: AnyObject {
    /// An element begins.
    ///
    /// - Parameter name: without a namespace's prefix; good until the call returns, as everything here.
    func start(_ name: UnsafeRawBufferPointer, _ attributes: MarkupAttributes)
    /// Text, in pieces as they come.
    func text(_ text: UnsafeRawBufferPointer)
    func end()
}

/// libxml2, fed forward: the only place that knows it.
///
/// Its push interface hands out each element as it is met and builds no tree, so memory is flat whatever the file's size.
/// Nothing is loaded from anywhere, and a file that declares entities is refused: leads have none, and what is declared
/// can blow up to any size. Text comes in as UTF-8 whatever a declaration says; ``MarkupText`` sees to it.
final class MarkupParser {
    enum Language {
        case xml, html
    }

    private let language: Language
    private let file: String
    private let mostDepth: Int
    private let handler: any MarkupHandler
    private var context: xmlParserCtxtPtr?
    private var depth = 0
    private var failure: Diagnostic?

    init(_ language: Language, handler: any MarkupHandler, limits: RecordLimits, file: String) {
        self.language = language
        self.file = file
        self.handler = handler
        mostDepth = language == .html ? 1000 : limits.depth
        xmlInitParser()
        var sax = xmlSAXHandler()
        sax.initialized = UInt32(XML_SAX2_MAGIC)
        sax.characters = takeText
        sax.cdataBlock = takeText
        sax.ignorableWhitespace = takeText
        sax.serror = { _, _ in }
        let user = Unmanaged.passUnretained(self).toOpaque()
        switch language {
        case .xml:
            sax.startElementNs = startXML
            sax.endElementNs = endXML
            sax.entityDecl = declareEntity
            sax.getEntity = { _, name in xmlGetPredefinedEntity(name) }
            context = xmlCreatePushParserCtxt(&sax, user, nil, 0, nil)
            xmlCtxtUseOptions(
                context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
        case .html:
            sax.startElement = startHTML
            sax.endElement = endHTML
            sax.cdataBlock = nil
            context = htmlCreatePushParserCtxt(&sax, user, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
            htmlCtxtUseOptions(
                context, Int32(HTML_PARSE_NONET.rawValue | HTML_PARSE_RECOVER.rawValue | HTML_PARSE_IGNORE_ENC.rawValue)
            )
        }
    }

    deinit {
        switch language {
        case .xml:
            // libxml2 makes a document for declarations of entities, also where it is not asked for one.
            if let document = context?.pointee.myDoc { xmlFreeDoc(document) }
            context?.pointee.myDoc = nil
            xmlFreeParserCtxt(context)
        case .html: htmlFreeParserCtxt(context)
        }
    }

    /// The physical line that is being read, 1-based.
    var line: Int { context?.pointee.input.map { Int($0.pointee.line) } ?? 1 }

    /// - Throws: ``Diagnostic`` where the document is broken, with its line.
    func feed(_ bytes: UnsafeRawBufferPointer) throws { try feed(bytes, isLast: false) }

    /// Says that the document ends here.
    func finish() throws { try feed(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) }

    /// Reads a whole stream, as long as `goesOn` says so.
    func feedAll(_ stream: any ByteStream, while goesOn: () -> Bool) throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { block in
            while goesOn() {
                let count = try stream.read(into: block)
                guard count > 0 else { return try finish() }
                try feed(UnsafeRawBufferPointer(rebasing: block[..<count]))
            }
        }
    }

    /// Gives up, from within a call of the handler.
    func stop(_ reason: Diagnostic) {
        guard failure == nil else { return }
        failure = reason
        xmlStopParser(context)
    }

    private func feed(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws {
        let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        let code =
            language == .xml
            ? xmlParseChunk(context, text, Int32(bytes.count), isLast ? 1 : 0)
            : htmlParseChunk(context, text, Int32(bytes.count), isLast ? 1 : 0)
        if let failure { throw failure }
        guard language == .xml, code != 0, let error = context.flatMap({ xmlCtxtGetLastError($0) }),
            error.pointee.level == XML_ERR_FATAL || isLast && context?.pointee.wellFormed == 0
        else { return }
        throw Diagnostic(
            code: "broken_markup", "the XML is broken: \(Self.words(error.pointee))", file: file,
            line: Int(error.pointee.line), hint: "export it again; the records before this line were read")
    }

    /// What libxml2 says, without the pieces of the document that it quotes.
    private static func words(_ error: xmlError) -> String {
        switch UInt32(error.code) {
        case XML_ERR_DOCUMENT_END.rawValue, XML_ERR_TAG_NOT_FINISHED.rawValue, XML_ERR_DOCUMENT_EMPTY.rawValue,
            XML_ERR_GT_REQUIRED.rawValue:
            "it is cut off, or a tag does not end"
        case XML_ERR_TAG_NAME_MISMATCH.rawValue: "an element ends that did not begin"
        case XML_ERR_INVALID_CHAR.rawValue: "a character stands in it that XML does not allow"
        case XML_ERR_UNDECLARED_ENTITY.rawValue, XML_WAR_UNDECLARED_ENTITY.rawValue:
            "it uses an entity that XML does not know"
        case XML_ERR_ATTRIBUTE_REDEFINED.rawValue: "an attribute stands twice"
        default: "error \(error.code) of libxml2"
        }
    }

    // MARK: From libxml2

    fileprivate func start(_ name: UnsafePointer<xmlChar>?, _ attributes: MarkupAttributes) {
        depth += 1
        guard failure == nil, let name else { return }
        guard depth <= mostDepth else {
            return stop(
                Diagnostic(
                    code: "too_deep", "elements are nested more than \(mostDepth) deep", file: file, line: line,
                    hint: "where that is right, raise input.limits.depth"))
        }
        handler.start(MarkupAttributes.bytes(name), attributes)
    }

    fileprivate func end() {
        depth -= 1
        if failure == nil { handler.end() }
    }

    fileprivate func text(_ text: UnsafePointer<xmlChar>?, _ count: Int32) {
        if failure == nil { handler.text(UnsafeRawBufferPointer(start: text, count: Int(count))) }
    }

    fileprivate func refuseEntities() {
        stop(
            Diagnostic(
                code: "entities_refused", "the file declares entities, which are not read", file: file, line: line,
                hint: "they can make a small file grow without end; export it without a DTD"))
    }
}

/// The attributes of an element; good while its start is handled.
struct MarkupAttributes {
    fileprivate enum Source {
        /// Five pointers each: local name, prefix, namespace, where the value begins and ends.
        case xml(UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int)
        /// Two pointers each, ended by nil.
        case html(UnsafeMutablePointer<UnsafePointer<xmlChar>?>?)
    }

    fileprivate let source: Source

    /// Calls `body` with each name, without a prefix, and value.
    func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        switch source {
        case .xml(let pointers, let count):
            guard let pointers else { return }
            for index in 0..<count {
                guard let name = pointers[index * 5], let start = pointers[index * 5 + 3],
                    let end = pointers[index * 5 + 4]
                else { continue }
                body(Self.bytes(name), UnsafeRawBufferPointer(start: start, count: start.distance(to: end)))
            }
        case .html(var pointers):
            while let place = pointers, let name = place[0] {
                body(Self.bytes(name), place[1].map(Self.bytes) ?? UnsafeRawBufferPointer(start: nil, count: 0))
                pointers = place + 2
            }
        }
    }

    /// The value of an attribute as text.
    func value(_ wanted: StaticString) -> String? {
        var found: String?
        forEach { name, value in
            if name.equals(wanted) { found = String(decoding: value, as: UTF8.self) }
        }
        return found
    }

    fileprivate static func bytes(_ text: UnsafePointer<xmlChar>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text, count: Int(xmlStrlen(text)))
    }
}

extension UnsafeRawBufferPointer {
    func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { $0.count == count && elementsEqual($0) }
    }
}

private func parser(_ context: UnsafeMutableRawPointer?) -> MarkupParser? {
    context.map { Unmanaged<MarkupParser>.fromOpaque($0).takeUnretainedValue() }
}

private let takeText: charactersSAXFunc = { parser($0)?.text($1, $2) }

private let startXML: startElementNsSAX2Func = { context, name, _, _, _, _, count, _, attributes in
    parser(context)?.start(name, MarkupAttributes(source: .xml(attributes, count: Int(count))))
}

private let endXML: endElementNsSAX2Func = { context, _, _, _ in parser(context)?.end() }

private let startHTML: startElementSAXFunc = { context, name, attributes in
    parser(context)?.start(name, MarkupAttributes(source: .html(attributes)))
}

private let endHTML: endElementSAXFunc = { context, _ in parser(context)?.end() }

private let declareEntity: entityDeclSAXFunc = { context, _, _, _, _, _ in parser(context)?.refuseEntities() }
