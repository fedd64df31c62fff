#include "operator/webhook/certificates.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "operator/api/base64.hpp"
#include "operator/api/json_fields.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;

constexpr int kAuthorityLives = 4;

std::string entry(const Json& data, const char* name) {
  const Json& text = api::member(data, name);
  if (!text.is_string()) return "";
  return api::decode_base64(text.get_ref<const std::string&>()).value_or("");
}

// Whether it is good until then.
bool lasts(const Pair& pair, WallTime until) {
  const auto end = good_until(pair);
  return end && *end >= until;
}

Status serve(Certificates& certificates, const Wanted& wanted, WallTime now) {
  const auto end = good_until(certificates.authority);
  if (!end) return end.error();
  auto made = issue(certificates.authority, wanted.hosts, now, std::min(now + wanted.lifetime, *end));
  if (!made) return made.error();
  certificates.serving = std::move(*made);
  return Done{};
}

Result<Certificates> all_new(const Wanted& wanted, WallTime now) {
  Certificates made;
  auto authority = make_authority(now, now + kAuthorityLives * wanted.lifetime);
  if (!authority) return authority.error();
  made.authority = std::move(*authority);
  if (const Status done = serve(made, wanted, now); !done) return done.error();
  return made;
}

void promote(Certificates& certificates) {
  certificates.before = std::move(certificates.authority.certificate);
  certificates.authority = std::move(*certificates.next);
  certificates.next.reset();
}

}  // namespace

std::string bundle_of(const Certificates& certificates) {
  return certificates.authority.certificate + (certificates.next ? certificates.next->certificate : "") +
         certificates.before;
}

Json to_data(const Certificates& certificates) {
  Json data = Json::object();
  const auto put = [&](const char* name, const std::string& text) { data[name] = api::encode_base64(text); };
  put("ca.crt", certificates.authority.certificate);
  put("ca.key", certificates.authority.key);
  put("tls.crt", certificates.serving.certificate);
  put("tls.key", certificates.serving.key);
  if (certificates.next) {
    put("next-ca.crt", certificates.next->certificate);
    put("next-ca.key", certificates.next->key);
  }
  if (!certificates.before.empty()) put("previous-ca.crt", certificates.before);
  return data;
}

std::optional<Certificates> certificates_from(const Json& data) {
  Certificates read{{entry(data, "ca.crt"), entry(data, "ca.key")},
                    std::nullopt,
                    entry(data, "previous-ca.crt"),
                    {entry(data, "tls.crt"), entry(data, "tls.key")}};
  if (!good_until(read.authority)) return std::nullopt;
  Pair next{entry(data, "next-ca.crt"), entry(data, "next-ca.key")};
  if (good_until(next)) read.next = std::move(next);
  return read;
}

std::chrono::seconds settling(const Wanted& wanted) {
  return std::min<std::chrono::seconds>(std::chrono::minutes(1), wanted.lifetime / 20);
}

Result<Certificates> renewed(const std::optional<Certificates>& have, const Wanted& wanted,
                             std::chrono::seconds published, WallTime now) {
  // What such an authority vouches for would end sooner than it could be replaced.
  if (!have || !lasts(have->authority, now + wanted.lifetime / 3)) return all_new(wanted, now);
  Certificates made = *have;
  if (made.next && published >= settling(wanted)) promote(made);
  if (!made.next && !lasts(made.authority, now + kAuthorityLives * wanted.lifetime / 2)) {
    auto next = make_authority(now, now + kAuthorityLives * wanted.lifetime);
    if (!next) return next.error();
    made.next = std::move(*next);
  }
  const bool good = is_vouched_for(made.serving, made.authority.certificate, wanted.hosts, now) &&
                    lasts(made.serving, now + wanted.lifetime / 3);
  if (good) return made;
  if (const Status done = serve(made, wanted, now); !done) return done.error();
  return made;
}

}  // namespace mlgateway::webhook
