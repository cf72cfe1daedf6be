/// Mail providers where anybody has an address, so that their domain is nobody's company.
///
/// Last gone through in November 2026. `freemail.example` and `webmail.example` stand for them in samples and tests.
enum FreeMailDomains {
    static func contains(_ domain: ArraySlice<UInt8>) -> Bool { domains.contains(domain) }

    private static let domains = Set(
        """
        aim.com aol.com aol.de arcor.de att.net bellsouth.net bigpond.com bluewin.ch btinternet.com charter.net \
        comcast.net cox.net duck.com earthlink.net email.com fastmail.com fastmail.fm foxmail.com free.fr freenet.de \
        gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hey.com hotmail.co.uk \
        hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com inbox.com inbox.lv interia.pl juno.com \
        kakao.com laposte.net libero.it live.co.uk live.com live.de live.fr live.nl mac.com mail.com mail.de mail.ru \
        mailbox.org me.com msn.com naver.com netscape.net ntlworld.com o2.pl onet.pl online.de orange.fr outlook.com \
        outlook.de outlook.fr pm.me posteo.de proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com \
        sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com sohu.com t-online.de talktalk.net telenet.be telus.net \
        terra.com.br tiscali.it tuta.com tutanota.com uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr \
        web.de wp.pl xtra.co.nz ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br \
        yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zohomail.com 126.com 163.com \
        freemail.example webmail.example
        """.split(separator: " ").map { ArraySlice($0.utf8) })
}
