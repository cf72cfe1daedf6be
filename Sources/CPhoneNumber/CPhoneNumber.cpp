#include "CPhoneNumber.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Full length only: a number without its area code reaches nobody from elsewhere, so "local only" does not count.
static bool isPossible(const PhoneNumber &number) {
    return PhoneNumberUtil::GetInstance()->IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE;
}

extern "C" int mr_phone_e164(
    const char *text, size_t length, const char *region, char *out, size_t *out_length
) {
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    switch (util->Parse(std::string(text, length), region, &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
        break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
        return MR_PHONE_UNKNOWN_COUNTRY;
    default:
        return MR_PHONE_NOT_A_NUMBER;
    }
    if (!isPossible(number)) return MR_PHONE_IMPOSSIBLE;
    std::string formatted;
    util->Format(number, PhoneNumberUtil::E164, &formatted);
    if (formatted.size() > 24) return MR_PHONE_IMPOSSIBLE;
    std::memcpy(out, formatted.data(), formatted.size());
    *out_length = formatted.size();
    return MR_PHONE_OK;
}

extern "C" int mr_phone_calling_code(const char *region) {
    return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region);
}

extern "C" int mr_phone_possible_length(int calling_code, int digits) {
    // Only the length decides "possible", so any digits will do; 2 is no prefix and no leading zero anywhere.
    unsigned long long national = 0;
    for (int i = 0; i < digits; i++) national = national * 10 + 2;
    PhoneNumber number;
    number.set_country_code(calling_code);
    number.set_national_number(national);
    return isPossible(number) ? 1 : 0;
}
