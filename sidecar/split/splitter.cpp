#include "sidecar/split/splitter.hpp"

#define XXH_INLINE_ALL
#include <array>
#include <optional>

#include <xxhash.h>

namespace mlgateway::split {
namespace {

bool has_field(std::span<const http::Field> fields, const config::HeaderMatch& wanted) {
  for (const http::Field& field : fields) {
    if (field.value == wanted.value && http::equals_ignoring_case(field.name, wanted.name)) return true;
  }
  return false;
}

bool applies(const config::Override& rule, std::span<const http::Field> fields) {
  for (const config::HeaderMatch& wanted : rule.headers) {
    if (!has_field(fields, wanted)) return false;
  }
  return true;
}

// The version that the request asks for by name; empty when it leaves the choice to the route.
std::string_view asked_for(const config::Split& split, std::string_view path_version,
                           std::span<const http::Field> fields) {
  if (!path_version.empty()) return path_version;
  for (const config::Override& rule : split.overrides) {
    if (applies(rule, fields)) return rule.version;
  }
  return {};
}

bool has_bit(std::uint32_t bits, std::size_t index) { return (bits >> index & 1) != 0; }

Result<const config::Version*> named(const config::Route& route, std::string_view name,
                                     const auth::Principal& principal, const auth::Permission& permission) {
  if (!auth::has_labels(principal, route.split.override_labels)) {
    return Error(Reason::OverrideNotAllowed, "the caller lacks the labels that an override asks for");
  }
  std::size_t index = 0;
  while (index < route.versions.size() && route.versions[index].name != name) ++index;
  if (!has_bit(permission.versions, index)) {
    return Error(Reason::NotAuthorized, "no rule of authorization allows the version that was asked for");
  }
  if (!has_bit(permission.overrides, index)) {
    return Error(Reason::OverrideNotAllowed, "the rule of authorization that lets the caller in allows no overrides");
  }
  if (index < route.versions.size()) return &route.versions[index];
  return Error(Reason::VersionNotFound, "the route has no version \"" + std::string(name) + "\"");
}

std::optional<double> sticky_position(const config::Route& route, std::span<const http::Field> fields,
                                      const auth::Principal& principal) {
  switch (route.split.sticky_by) {
    case config::StickyBy::None: return std::nullopt;
    case config::StickyBy::Principal: {
      if (principal.anonymous) return std::nullopt;
      const std::array parts = {principal.method, principal.issuer, principal.name};
      return position(route, parts);
    }
    case config::StickyBy::Header:
      for (const http::Field& field : fields) {
        if (!http::equals_ignoring_case(field.name, route.split.header)) continue;
        if (field.value.empty()) return std::nullopt;
        return position(route, std::span(&field.value, 1));
      }
  }
  return std::nullopt;
}

}  // namespace

Result<const config::Version*> choose(const config::Route& route, std::string_view path_version,
                                      std::span<const http::Field> fields, const auth::Principal& principal,
                                      double random01, const auth::Permission& permission) {
  const std::string_view name = asked_for(route.split, path_version, fields);
  if (!name.empty()) return named(route, name, principal, permission);
  const auto sticky = sticky_position(route, fields, principal);
  const config::Version* version = at(route, sticky.value_or(random01), permission.versions);
  if (version == nullptr)
    return Error(Reason::NoVersionAvailable, "every version that the caller may call has weight 0");
  return version;
}

double position(const config::Route& route, std::span<const std::string_view> parts) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  const auto add = [&state](std::string_view part) {
    const std::uint64_t size = part.size();
    XXH3_64bits_update(&state, &size, sizeof size);
    XXH3_64bits_update(&state, part.data(), part.size());
  };
  add(route.namespace_name);
  add(route.name);
  for (const std::string_view part : parts) add(part);
  // The upper 53 bits are all a double holds exactly; rounding more of them could reach 1.
  return static_cast<double>(XXH3_64bits_digest(&state) >> 11) * 0x1p-53;
}

const config::Version* at(const config::Route& route, double position, std::uint32_t versions) {
  const auto weight_of = [&](std::size_t i) { return has_bit(versions, i) ? route.versions[i].weight : 0; };
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < route.versions.size(); ++i) total += weight_of(i);
  const double point = position * total;
  std::uint32_t sum = 0;
  const config::Version* last = nullptr;
  for (std::size_t i = 0; i < route.versions.size(); ++i) {
    if (weight_of(i) == 0) continue;
    last = &route.versions[i];
    sum += weight_of(i);
    if (point < sum) return last;
  }
  return last;  // only for a position of 1 or more
}

}  // namespace mlgateway::split
