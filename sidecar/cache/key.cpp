#include "sidecar/cache/key.hpp"

#include <array>
#include <charconv>
#include <random>

#include "sidecar/cache/canonical.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::cache {
namespace {

constexpr std::string_view kAccept = "accept";
constexpr std::string_view kOrigin = "origin";
constexpr std::string_view kHeaderLength = "inference-header-content-length";

// The hash of parts. Short pieces are gathered first, because a hash that is fed crumbs spends its time on calls.
class Parts {
 public:
  void bytes(std::string_view piece) {
    if (piece.size() > gathered_.size() - size_) {
      flush();
      if (piece.size() > gathered_.size()) return hash_.update(piece);
    }
    if (!piece.empty()) std::memcpy(gathered_.data() + size_, piece.data(), piece.size());
    size_ += piece.size();
  }
  void number(std::uint64_t number) { bytes({reinterpret_cast<const char*>(&number), sizeof number}); }
  void part(std::string_view text) {
    number(text.size());
    bytes(text);
  }
  Key finish() {
    flush();
    return hash_.finish();
  }

 private:
  void flush() {
    hash_.update({gathered_.data(), size_});
    size_ = 0;
  }
  config::Sha256 hash_;
  std::array<char, 512> gathered_;
  std::size_t size_ = 0;
};

// The letter in front keeps a tenant apart from a principal of the same name.
void add_scope(Parts& parts, config::CacheScope scope, const auth::Principal& principal) {
  if (scope == config::CacheScope::Shared) return parts.part("everybody");
  if (scope == config::CacheScope::Tenant && !principal.tenant.empty()) {
    parts.part("tenant");
    return parts.part(principal.tenant);
  }
  parts.part(principal.anonymous ? "anonymous" : "principal");
  parts.part(principal.method);
  parts.part(principal.issuer);
  parts.part(principal.name);
}

bool is_named(const http::Field& field, std::string_view lower_name) {
  return field.id == http::FieldId::Other && field.name.size() == lower_name.size() &&
         http::equals_ignoring_case(field.name, lower_name);
}

struct HeaderLength {
  std::string_view text;
  std::size_t count = 0;
};

// Each of the fields that decide, under a number of its own, in the order in which they came.
HeaderLength add_fields(Parts& parts, const http::Fields& fields) {
  HeaderLength length;
  const auto add = [&parts](std::uint64_t which, std::string_view value) {
    parts.number(which);
    parts.part(value);
  };
  for (const http::Field& field : fields) {
    if (field.id == http::FieldId::ContentType) add(1, field.value);
    if (is_named(field, kAccept)) add(2, field.value);
    if (is_named(field, kOrigin)) add(3, field.value);
    if (is_named(field, kHeaderLength)) {
      add(4, field.value);
      length = {field.value, length.count + 1};
    }
  }
  parts.number(0);
  return length;
}

// How much of the body is JSON: all of it where no field says otherwise, nothing where one cannot be understood.
std::size_t json_size(const HeaderLength& stated, std::size_t body_size) {
  if (stated.count == 0) return body_size;
  std::size_t size = 0;
  const char* const end = stated.text.data() + stated.text.size();
  const auto read = std::from_chars(stated.text.data(), end, size);
  const bool understood = stated.count == 1 && read.ec == std::errc{} && read.ptr == end && size <= body_size;
  return understood ? size : 0;
}

// The lengths come behind what they measure, because the canonical length is known only then; read from its end, the
// whole is no less unambiguous.
void add_body(Parts& parts, const KeyParts& of, const HeaderLength& stated) {
  std::size_t json = 0;
  if (of.form == BodyForm::Json) json = of.body.size();
  if (of.form == BodyForm::JsonV2) json = json_size(stated, of.body.size());
  std::uint64_t canonical = 0;
  const auto emit = [&](std::string_view part) {
    canonical += part.size();
    parts.bytes(part);
  };
  if (of.form == BodyForm::JsonV2) {
    emit_canonical_without_id(of.body.substr(0, json), emit);
  } else {
    emit_canonical(of.body.substr(0, json), emit);
  }
  const std::string_view raw = of.body.substr(json);
  parts.bytes(raw);
  parts.number(canonical);
  parts.number(raw.size());
}

__extension__ using Wide = unsigned __int128;

std::uint64_t secret() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

}  // namespace

Key tag_of(const config::Route& route, const config::Version& version) {
  Parts parts;
  parts.part("mlgateway.io/tag");
  parts.part(route.namespace_name);
  parts.part(route.name);
  parts.part(version.name);
  parts.part(version.revision);
  parts.part(version.endpoint.host);
  parts.number(version.endpoint.port);
  parts.part(route.model);
  parts.number(static_cast<std::uint64_t>(route.protocol));
  return parts.finish();
}

Key key_of(const KeyParts& of) {
  Parts parts;
  parts.bytes({reinterpret_cast<const char*>(of.tag.data()), of.tag.size()});
  add_scope(parts, of.scope, of.principal);
  parts.part(of.head.method);
  parts.part(of.head.path);
  parts.number(of.head.has_query ? 1 : 0);
  parts.part(of.head.query);
  const HeaderLength stated = add_fields(parts, of.head.fields);
  parts.number(static_cast<std::uint64_t>(of.form));
  add_body(parts, of, stated);
  return parts.finish();
}

// Wang Yi's folded multiplication (wyhash), with secret multipliers.
std::size_t KeyHash::operator()(const Key& key) const {
  static const std::uint64_t kFirst = secret(), kSecond = secret();
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), key.data(), sizeof words);
  const Wide product = static_cast<Wide>(words[0] ^ kFirst) * (words[1] ^ kSecond);
  return static_cast<std::size_t>(product >> 64) ^ static_cast<std::size_t>(product);
}

}  // namespace mlgateway::cache
