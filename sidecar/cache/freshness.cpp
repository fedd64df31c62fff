#include "sidecar/cache/freshness.hpp"

#include <algorithm>
#include <array>

#include "sidecar/cache/cache_control.hpp"
#include "sidecar/http/event_stream.hpp"
#include "sidecar/http/list.hpp"

namespace mlgateway::cache {
namespace {

// The fields of a request that are part of the cache key, and the one that says which encodings its sender knows: only
// answers without an encoding are kept, and those everybody knows.
constexpr std::array<std::string_view, 4> kMayVary = {"accept", "accept-encoding", "content-type", "origin"};

bool is_named(const http::Field& field, std::string_view lower_name) {
  return http::equals_ignoring_case(field.name, lower_name);
}

bool varies_by_others(std::string_view value) {
  http::List names(value);
  for (std::string_view name; names.next(name);) {
    const auto known = [&](std::string_view each) { return http::equals_ignoring_case(each, name); };
    if (std::none_of(kMayVary.begin(), kMayVary.end(), known)) return true;
  }
  return false;
}

bool is_encoded(std::string_view value) { return !value.empty() && !http::equals_ignoring_case(value, "identity"); }

// It is for the one who asked, or only he can read it.
bool is_personal(const http::Fields& fields) {
  for (const http::Field& field : fields) {
    if (is_named(field, "set-cookie")) return true;
    if (is_named(field, "vary") && varies_by_others(field.value)) return true;
    if (field.id == http::FieldId::ContentEncoding && is_encoded(field.value)) return true;
  }
  return false;
}

// A shared answer is one with a body: it is written anew, with its length.
bool has_body(const http::ResponseHead& answer) { return answer.framing != http::Framing::None; }

// They answer a condition or a range of the request, neither of which is part of the key.
bool depends_on_a_condition(int status) { return status == 206 || status == 304 || status == 412 || status == 416; }

std::chrono::seconds age_of(const http::Fields& fields) {
  const http::Field* const age = fields.find("age");
  return age ? delta_seconds(age->value).value_or(std::chrono::seconds{0}) : std::chrono::seconds{0};
}

// What the model gives it, beside the route. An answer that tells its end by a date alone is taken to be over: that is
// how servers say "never", and no model dates its predictions otherwise.
std::optional<std::chrono::seconds> lifetime_of(const http::Fields& fields, const CacheControl& control) {
  if (control.s_maxage) return control.s_maxage;
  if (control.max_age) return control.max_age;
  return fields.find("expires") ? std::optional(std::chrono::seconds{0}) : std::nullopt;
}

}  // namespace

Wishes wishes_of(const http::Fields& request) {
  const CacheControl control = cache_control_of(request);
  return {control.no_store, control.no_cache, control.only_if_cached, control.max_age};
}

Keeping keeping_of(const http::ResponseHead& answer, std::chrono::milliseconds route_ttl) {
  const CacheControl control = cache_control_of(answer.fields);
  Keeping keeping;
  keeping.age = age_of(answer.fields);
  keeping.share = has_body(answer) && !control.no_store && !control.is_private && !is_personal(answer.fields) &&
                  !depends_on_a_condition(answer.status) && !http::is_event_stream(answer);
  // An answer that ends with its connection may have been cut short, and nobody could tell.
  const bool complete = answer.framing != http::Framing::UntilClose;
  if (!keeping.share || control.no_cache || answer.status != 200 || !complete) return keeping;

  keeping.ttl = route_ttl;
  if (const auto lifetime = lifetime_of(answer.fields, control)) {
    keeping.ttl = std::min<std::chrono::milliseconds>(keeping.ttl, *lifetime);
  }
  keeping.ttl -= keeping.age;
  keeping.store = keeping.ttl > std::chrono::milliseconds{0};
  if (!keeping.store) keeping.ttl = std::chrono::milliseconds{0};
  return keeping;
}

}  // namespace mlgateway::cache
