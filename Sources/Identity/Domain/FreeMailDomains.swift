/// Mail providers where anybody has an address, so that their domain is nobody's company.
///
/// Last gone through in November 2026. `freemail.example` and `webmail.example` stand for them in samples and tests.
enum FreeMailDomains {
    static func contains(_ domain: ArraySlice<UInt8>) -> Bool { domains.contains(domain) }

    private static let domains = WordList(
        """
        126.com 139.com 163.com 189.cn 21cn.com abv.bg aim.com alice.it aliyun.com aol.com aol.de aon.at arcor.de \
        aruba.it att.net azet.sk bbox.fr bellsouth.net bezeqint.net bigmir.net bigpond.com bk.ru bluewin.ch \
        blueyonder.co.uk bol.com.br btinternet.com cableone.net cegetel.net centrum.cz centrum.sk centurylink.net \
        charter.net chello.nl citromail.hu club-internet.fr comcast.net cox.net cs.com daum.net docomo.ne.jp \
        duck.com earthlink.net eircom.net email.com email.cz email.it excite.com ezweb.ne.jp fastmail.com \
        fastmail.fm fastmail.net foxmail.com free.fr freemail.hu freenet.de frontier.com gmail.co.uk gmail.com \
        gmx.at gmx.ch gmx.co.uk gmx.com gmx.de gmx.es gmx.fr gmx.it gmx.net googlemail.co.uk googlemail.com \
        hanmail.net hey.com home.nl hotmail.be hotmail.ca hotmail.ch hotmail.co.jp hotmail.co.uk hotmail.com \
        hotmail.com.ar hotmail.com.br hotmail.com.mx hotmail.com.tr hotmail.de hotmail.es hotmail.fr hotmail.it \
        hotmail.nl hotmail.se hushmail.com i.ua icloud.com ig.com.br iinet.net.au inbox.com inbox.lv inbox.ru \
        indiatimes.com interia.pl internode.on.net inwind.it juno.com kabelmail.de kakao.com kolabnow.com kpnmail.nl \
        laposte.net libero.it list.ru live.be live.ca live.cn live.co.uk live.com live.com.au live.com.mx \
        live.com.pt live.de live.dk live.fr live.ie live.in live.it live.jp live.nl live.no live.se lycos.com \
        mac.com mail.bg mail.com mail.de mail.ee mail.kz mail.ru mailbox.org mailfence.com me.com mindspring.com \
        msn.cn msn.com nate.com naver.com netcologne.de netscape.net netvision.net.il netzero.net neuf.fr nifty.com \
        ntlworld.com numericable.fr o2.co.uk o2.pl onet.pl online.de optonline.net optusnet.com.au orange.fr \
        outlook.at outlook.be outlook.co.id outlook.com outlook.com.au outlook.com.br outlook.de outlook.dk \
        outlook.es outlook.fr outlook.ie outlook.in outlook.it outlook.jp outlook.pt planet.nl pm.me poczta.onet.pl \
        posteo.de prodigy.net proton.me protonmail.ch protonmail.com q.com qq.com quicknet.nl rambler.ru \
        rediffmail.com roadrunner.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr \
        shaw.ca sina.cn sina.com sky.com skynet.be softbank.jp sogou.com sohu.com spray.se startmail.com \
        suddenlink.net sunrise.ch sympatico.ca t-online.de talktalk.net telefonica.net telenet.be telia.com \
        telus.net terra.com.br tin.it tiscali.it tlen.pl tom.com tuta.com tuta.io tutamail.com tutanota.com \
        tutanota.de ukr.net uol.com.br upcmail.nl verizon.net vip.qq.com virgilio.it virginmedia.com vodafone.de \
        voila.fr volny.cz vp.pl walla.co.il walla.com wanadoo.fr web.de westnet.com.au windowslive.com \
        windstream.net wo.cn wp.pl xs4all.nl xtra.co.nz ya.ru yahoo.at yahoo.be yahoo.ca yahoo.ch yahoo.cn \
        yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.com yahoo.com.ar \
        yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.ph yahoo.com.sg \
        yahoo.com.tr yahoo.com.tw yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie yahoo.in \
        yahoo.it yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se yandex.by yandex.com yandex.kz yandex.ru \
        yandex.ua yeah.net ymail.com ziggo.nl zoho.com zoho.eu zohomail.com zoznam.sk freemail.example \
        webmail.example
        """)
}
