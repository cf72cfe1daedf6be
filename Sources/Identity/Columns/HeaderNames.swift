/// The headers under which exports carry each field, best first, as ``ColumnName/folded(_:)`` writes them.
///
/// From the export, import and API names of HubSpot, Salesforce, Apollo, ZoomInfo, Zoho, Pipedrive, Dynamics, Outlook,
/// Google Contacts, LinkedIn, Mailchimp, Brevo, Lusha, Cognism, Lemlist, Phantombuster and Facebook lead ads, in the
/// languages in which they are sold. A name stands here only if nothing else is ever called so: a company's LinkedIn page
/// and phone, an assistant's phone and an owner's email are left alone, since no name of theirs is here.
enum HeaderNames {
    static let known: [(field: Field, names: [String])] = fields.map { field, names in
        (field, names.map(ColumnName.folded))
    }

    /// Headers of a person's other addresses and profiles: no export is mapped by them, but a person can be found by them.
    static let further: [(field: Field, names: Set<String>)] = [
        (
            .email,
            folded(
                [
                    "other email", "other emails", "other email address", "email other", "person - email - other",
                    "secondary email", "secondary email address", "second email", "additional email",
                    "additional emails",
                    "additional email addresses", "alternate email", "alternative email", "alternate email address",
                    "alternative email address", "previous email", "former email", "old email", "backup email",
                    "hs_additional_emails", "weitere e-mail", "zweite e-mail", "autre e-mail", "otro correo",
                ]
                    + (2...9).flatMap {
                        [
                            "email \($0)", "e-mail \($0)", "email address \($0)", "e-mail \($0) - value",
                            "e-mail \($0) address",
                        ]
                    })
        ),
        (
            .linkedinURL,
            folded(
                [
                    "other linkedin url", "secondary linkedin url", "previous linkedin url", "old linkedin url",
                    "sales navigator url", "linkedin sales navigator url",
                ] + (2...9).flatMap { ["linkedin url \($0)", "linkedin \($0)"] })
        ),
    ]

    private static func folded(_ names: [String]) -> Set<String> { Set(names.map(ColumnName.folded)) }

    /// Columns that only LinkedIn's export has, in its languages.
    static let linkedinMarks: Set<String> = Set(
        [
            "connected on", "verbunden am", "connexion le", "conectado el", "conectado em", "collegato il",
            "verbonden op",
        ].map(ColumnName.folded))

    private static let fields: [(Field, [String])] = [
        (
            .recordID,
            [
                "record id", "record id - contact", "contact id", "lead id", "person id", "zoominfo contact id",
                "apollo contact id", "(do not modify) lead", "(do not modify) contact", "person - id", "hs_object_id",
                "crm id", "external id", "id", "vmid", "leid", "kontakt-id", "datensatz-id", "identifiant",
            ]
        ),
        (
            .email,
            [
                "work email", "business email", "professional email", "company email", "corporate email", "email",
                "email address", "e-mail", "e-mail address", "person - email - work", "primary email",
                "e-mail 1 - value", "email 1", "email address 1", "emails", "contact email", "business email address",
                "work email address", "email work", "mail", "e-mail-adresse", "e-mail adresse", "geschäftliche e-mail",
                "adresse e-mail", "adresse email", "adresse électronique", "courriel", "e-mail professionnel",
                "correo electrónico", "correo electronico", "dirección de correo electrónico", "correo",
                "endereço de e-mail", "e-mail comercial", "posta elettronica", "indirizzo e-mail", "indirizzo email",
                "e-mailadres", "adres e-mail", "e-postadress", "epost", "e-post", "sähköposti", "メールアドレス", "邮箱", "电子邮件",
                "電子メール アドレス", "이메일", "электронная почта",
                "e-mail geschäftlich", "geschäftliche e-mail-adresse", "adresse de messagerie", "e-posta",
                "e-posta adresi", "adresă de e-mail", "adresa de email", "e-mailcím", "email cím", "email adresa",
                "e-mailová adresa", "correo de trabajo", "email aziendale", "ηλεκτρονική διεύθυνση",
                "البريد الإلكتروني", "e-mail 1", "e-mail 1 address", "adres email", "эл. почта", "почта", "电子邮箱", "邮件",
                "電子郵件", "e-mail cím", "tölvupóstur", "e-pasts", "el. paštas", "e-pošta",
            ]
        ),
        (
            .personalEmail,
            [
                "personal email", "home email", "private email", "person - email - home", "email (personal)",
                "personal email address", "private e-mail", "e-mail privat", "persönliche e-mail",
                "e-mail personnel", "correo personal", "e-mail pessoal",
            ]
        ),
        (
            .firstName,
            [
                "first name", "given name", "forename", "first", "fname", "person - first name", "name first",
                "vorname", "prénom", "prenom", "nombre de pila", "nombre", "nombres", "nome próprio", "primeiro nome",
                "nome",
                "voornaam", "förnamn", "fornavn", "etunimi", "imię", "imie", "名", "имя",
                "ad", "adı", "isim", "prenume", "όνομα", "الاسم الأول", "keresztnév", "utónév", "jméno",
                "křestní jméno", "meno", "名字", "이름(성 제외)", "ime", "eesnimi", "vārds", "vardas", "ім'я", "pierwsze imię",
            ]
        ),
        (
            .lastName,
            [
                "last name", "family name", "surname", "last", "lname", "person - last name", "name last", "nachname",
                "familienname", "nom de famille", "apellido", "apellidos", "sobrenome", "apelido", "cognome",
                "achternaam", "efternamn", "etternavn", "efternavn", "sukunimi", "nazwisko", "姓", "фамилия",
                "soyad", "soyadı", "soyisim", "nume de familie", "επώνυμο", "επίθετο", "اسم العائلة", "vezetéknév",
                "příjmení", "priezvisko", "姓氏", "성", "prezime", "perekonnanimi", "uzvārds", "pavardė", "прізвище",
            ]
        ),
        (
            .fullName,
            [
                "full name", "contact name", "person - name", "lead name", "display name", "name", "contact full name",
                "vollständiger name", "nom complet", "nombre completo", "nome completo", "volledige naam", "氏名", "姓名",
                "이름",
                "ansprechpartner", "contact person", "tam ad", "ad soyad", "nume complet", "ονοματεπώνυμο",
                "الاسم الكامل", "teljes név", "celé jméno", "meno a priezvisko", "imię i nazwisko", "фио", "koko nimi",
                "fullständigt namn", "fullt navn", "interlocuteur", "persona de contacto", "referente", "担当者名",
            ]
        ),
        (
            .companyName,
            [
                "company name", "company", "company / account", "account name", "associated company",
                "primary associated company", "person - organization", "organization", "organisation",
                "organization name", "organisation name", "organization 1 - name", "current company",
                "company name for emails", "employer", "account", "business name", "firma", "firmenname", "unternehmen",
                "unternehmensname", "société", "entreprise", "nom de l'entreprise", "empresa", "nombre de la empresa",
                "nome da empresa", "azienda", "bedrijf", "bedrijfsnaam", "företag", "företagsnamn", "virksomhed",
                "yritys",
                "会社名", "公司", "公司名称", "회사", "компания",
                "şirket", "şirket adı", "companie", "nume companie", "εταιρεία", "επωνυμία", "الشركة", "cég", "cégnév",
                "společnost", "název společnosti", "spoločnosť", "nom de la société", "raison sociale", "compañía",
                "razón social", "ragione sociale", "nome azienda", "firma adı", "nazwa firmy", "yrityksen nimi",
                "организация", "название компании", "公司名", "公司名稱", "회사명", "tvrtka", "podjetje", "ettevõte", "uzņēmums",
                "įmonė", "компанія",
            ]
        ),
        (
            .companyDomain,
            [
                "company domain", "company domain name", "domain", "domain name", "account domain",
                "organization domain",
                "primary domain", "website domain", "email domain", "firmendomain", "unternehmensdomain",
                "domaine de l'entreprise", "dominio", "dominio de la empresa",
            ]
        ),
        (
            .website,
            [
                "company website", "website", "website url", "company url", "company website url", "web page",
                "webpage", "web site", "homepage", "website 1 - value", "account website", "organization website",
                "company web site", "corporate website", "webseite", "website-url", "internetseite", "site web",
                "site internet", "sitio web", "página web", "site", "sito web", "sito", "strona www", "ホームページ", "网站",
                "sayfa", "web sitesi", "web sayfası", "site-ul web", "ιστοσελίδα", "ιστότοπος", "الموقع الإلكتروني",
                "weboldal", "honlap", "webové stránky", "webová stránka", "strona internetowa", "strona www firmy",
                "webbplats", "hjemmeside", "nettsted", "nettside", "verkkosivusto", "kotisivu", "url del sitio web",
                "url du site web", "сайт", "веб-сайт", "网址", "公司网站", "홈페이지", "웹사이트",
            ]
        ),
        (
            .linkedinURL,
            [
                "person linkedin url", "contact linkedin url", "linkedin profile url", "linkedin url",
                "linkedin contact profile url", "linkedin profile", "contact linkedin profile url", "person linkedin",
                "linkedin", "person - linkedin page", "linkedin page", "linkedin link", "linkedin public url",
                "public linkedin url", "hs_linkedin_url", "hs_linkedinid", "linkedin in profile url",
                "linkedin member url", "default profile url", "profile url", "li url", "linkedin-profil",
                "linkedin-profil-url", "linkedin-url", "profil linkedin", "perfil de linkedin", "perfil linkedin",
                "url de linkedin", "url du profil linkedin", "profilo linkedin",
                "url linkedin", "lien linkedin", "url profil linkedin", "linkedin profil", "linkedin adresse",
                "linkedin profili", "linkedin-profiili", "ссылка на linkedin", "linkedin 主页", "linkedin プロフィール",
            ]
        ),
        (
            .phone,
            [
                "work direct phone", "direct phone number", "direct phone", "direct dial", "phone", "phone number",
                "primary phone", "business phone", "work phone", "person - phone - work", "phone 1 - value", "phone 1",
                "mobile phone", "mobile phone number", "mobile", "mobile number", "cell phone", "cell",
                "cell phone number", "person - phone - mobile", "telephone", "telephone number", "telephone 1", "sms",
                "phones", "telefon", "telefonnummer", "telefon geschäftlich", "mobiltelefon", "mobil", "handy",
                "handynummer", "téléphone", "numéro de téléphone", "téléphone portable", "portable", "teléfono",
                "telefono", "número de teléfono", "teléfono móvil", "móvil", "telefone", "celular",
                "numero di telefono",
                "cellulare", "telefoonnummer", "telefoon", "mobiel", "puhelin", "電話番号", "电话", "手机", "전화번호", "телефон",
                "tel", "tel.", "telephone no", "phone no", "phone no.", "mob", "mob.", "mobile no", "mobile no.",
                "téléphone (bureau)", "téléphone professionnel", "téléphone fixe", "telefon numarası", "cep telefonu",
                "număr de telefon", "τηλέφωνο", "κινητό", "الهاتف", "رقم الهاتف", "telefonszám", "telefonní číslo",
                "telefónne číslo", "numer telefonu", "telefon komórkowy", "номер телефона", "мобильный телефон", "联系电话",
                "手机号", "手机号码", "휴대폰", "전화", "携帯電話", "电话号码", "tālrunis", "telefonas", "телефон робочий",
            ]
        ),
        (
            .title,
            [
                "job title", "jobtitle", "position", "person - title", "organization 1 - title", "organization title",
                "current title", "current position", "occupation", "title", "role", "job role", "berufsbezeichnung",
                "stellenbezeichnung", "jobtitel", "funktion", "poste", "intitulé du poste", "fonction", "cargo",
                "puesto",
                "ruolo", "qualifica", "functie", "functietitel", "befattning", "stilling", "titteli", "stanowisko",
                "役職",
                "职位", "직책", "должность",
                "unvan", "ünvan", "pozisyon", "funcție", "funcția", "θέση", "المسمى الوظيفي", "beosztás", "munkakör",
                "pozice", "pracovní pozice", "pozícia", "titre du poste", "titre professionnel", "intitulé de poste",
                "titel", "arbetstitel", "jobbtitel", "posizione", "职务", "직위", "직급", "pareigos", "amats", "ametinimetus",
                "посада", "puesto de trabajo", "denominación del puesto",
            ]
        ),
        (
            .country,
            [
                "country", "country/region", "country region", "person country", "contact country", "mailing country",
                "business country/region", "country code", "country name", "address country", "address 1 - country",
                "location country",
                "mailing country code", "work country", "company country", "land", "land/region", "pays", "pays/région",
                "país", "pais", "país/región", "paese", "nazione", "kraj", "国", "国家", "국가", "страна",
                "ülke", "țară", "țara", "χώρα", "الدولة", "البلد", "ország", "země", "krajina",
                "land/region geschäftlich", "geschäftlich land/region", "maa", "riik", "valsts", "šalis", "країна",
                "país / región", "国/地域", "国家/地区",
            ]
        ),
    ]
}
