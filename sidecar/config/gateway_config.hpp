// The contract between operator and sidecar: everything one sidecar enforces, as plain values.
//
// The operator renders it, the sidecar parses it, and parse(render(x)) == x. It is immutable once loaded: a worker
// holds a shared_ptr<const GatewayConfig>, an exchange keeps the one it began with. API keys are in it only as SHA-256
// digests. The version of the contract stands in the file's name (gateway.v1.json), not only inside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/config/auth_config.hpp"
#include "sidecar/config/authorization.hpp"
#include "sidecar/config/values.hpp"

namespace mlgateway::config {

inline constexpr int kContractVersion = 1;
inline constexpr const char* kFileName = "gateway.v1.json";

// Prices, costs, factors and what limits hold are whole numbers of millionths: "0.25" is 250000. Nothing is a float.
using Millionths = std::int64_t;
inline constexpr Millionths kOne = 1'000'000;
// No amount is larger, so that sums of a few of them fit 63 bits: ten thousand million whole units.
inline constexpr Millionths kMostMillionths = 10'000'000'000 * kOne;

enum class Protocol : std::uint8_t { OpenInferenceV2, KServeV1, OpenAI, MLflow, TorchServe, Generic };

// Where a version answers. Only plain http is spoken to models so far.
struct Endpoint {
  std::string host;  // a DNS name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

struct Version {
  std::string name;
  Endpoint endpoint;
  std::uint32_t weight = 0;  // percent; the weights of a route sum to 100
  Millionths cost_factor = kOne;
  std::string revision;  // of what runs there: another one is another model, and answers kept from before are void
  bool operator==(const Version&) const = default;
};

struct HeaderMatch {
  std::string name;   // lower case
  std::string value;  // compared exactly
  bool operator==(const HeaderMatch&) const = default;
};

// A caller whose request carries all these fields is sent to that version.
struct Override {
  std::vector<HeaderMatch> headers;
  std::string version;
  bool operator==(const Override&) const = default;
};

enum class StickyBy : std::uint8_t { None, Principal, Header };

struct Split {
  StickyBy sticky_by = StickyBy::None;
  std::string header;               // lower case; with StickyBy::Header
  std::vector<Override> overrides;  // first match wins
  Labels override_labels;           // a principal needs all of these key labels to use an override; empty: everyone may
  bool operator==(const Split&) const = default;
};

struct Timeouts {
  Milliseconds request{60000};
  Milliseconds connect{1000};
  std::optional<Milliseconds> first_byte;  // none: `request` alone bounds it
  Milliseconds stream_idle{30000};
  bool operator==(const Timeouts&) const = default;
};

struct BodyLimits {
  std::optional<std::uint64_t> max_bytes;   // of any request body; none: relayed however long
  std::uint64_t max_read_bytes = 8u << 20;  // of a request body that a step has to read whole
  bool operator==(const BodyLimits&) const = default;
};

enum class PathType : std::uint8_t { Exact, Prefix };  // Prefix: whole path elements

// A path of a Generic route.
struct GenericPath {
  PathType type = PathType::Exact;
  std::string path;
  std::vector<std::string> methods;  // upper case, at least one
  bool operator==(const GenericPath&) const = default;
};

struct Enrichment {
  bool headers = true;  // x-mlgateway-version and x-mlgateway-cost on answers
  bool operator==(const Enrichment&) const = default;
};

// What a term of the cost multiplies its price with.
enum class Quantity : std::uint8_t { Request, Rows, Elements, RequestBytes, Pointer };

struct CostTerm {
  Quantity quantity = Quantity::Request;
  Millionths price = 0;              // for one of the quantity
  std::string pointer;               // RFC 6901, with Quantity::Pointer: the number at that place of the body
  Millionths max = 0;                // with Pointer: a larger number is refused
  std::optional<Millionths> absent;  // with Pointer: what stands for a number that is not there; none: refused
  bool operator==(const CostTerm&) const = default;
};

// What a request costs: the sum of its terms, times the version's factor.
struct Cost {
  std::string unit = "requests";
  std::vector<CostTerm> terms{{Quantity::Request, kOne, {}, 0, {}}};
  Millionths cache_hit_factor = 0;  // of the cost, for an answer from the cache
  bool operator==(const Cost&) const = default;
};

// Whom an answer in the cache serves beside the one who caused it.
enum class CacheScope : std::uint8_t { Principal, Tenant, Shared };

struct Cache {
  Milliseconds ttl{0};
  std::uint64_t max_bytes = 0;  // of all answers of this route
  CacheScope scope = CacheScope::Principal;
  bool operator==(const Cache&) const = default;
};

enum class LimitUnit : std::uint8_t { Request, Cost };

// So much per so long, at most `burst` at once.
struct Rate {
  Millionths amount = 0;
  Milliseconds per{0};
  Millionths burst = 0;
  bool operator==(const Rate&) const = default;
};

// So much within any window of that length.
struct Budget {
  Millionths amount = 0;
  Milliseconds window{0};
  bool operator==(const Budget&) const = default;
};

// Exactly one of rate and budget.
struct Limit {
  std::string name;
  LimitUnit unit = LimitUnit::Request;
  std::optional<Rate> rate;
  std::optional<Budget> budget;
  bool operator==(const Limit&) const = default;
};

// Who shares what a limit holds: each principal has his own, the principals of a tenant one, the whole tier one.
enum class QuotaScope : std::uint8_t { Principal, Tenant, Tier };

struct Tier {
  std::string name;
  std::optional<Labels> key_labels;  // whom it is for; none: everybody whom no other tier takes
  QuotaScope scope = QuotaScope::Principal;
  std::vector<Limit> limits;
  bool operator==(const Tier&) const = default;
};

struct Quota {
  std::string namespace_name;
  std::string name;
  std::int64_t generation = 0;  // of the MLQuota
  std::string hash;             // of everything below
  Enforcement enforcement = Enforcement::Enforce;
  std::vector<Tier> tiers;  // the first that takes a caller is his
  bool operator==(const Quota&) const = default;
};

// What a route is served with by TLS, from a Secret. Without PEM there is none to be had, and the route waits for it.
struct Certificate {
  std::string secret;
  std::string chain;  // PEM: the certificate, then those that vouch for it
  std::string key;    // PEM: its private key
  bool operator==(const Certificate&) const = default;
};

struct Route {
  std::string namespace_name;
  std::string name;
  std::int64_t generation = 0;  // of the MLRoute
  std::string hash;             // of everything below, the keys and the quotas: what `Programmed` compares
  Protocol protocol = Protocol::OpenInferenceV2;
  std::string model;
  std::vector<std::string> hostnames;      // lower case, no port; empty: any host
  std::optional<Certificate> certificate;  // with one the route is served by TLS only, without one in the clear as well
  std::vector<GenericPath> paths;          // with Generic
  std::vector<Version> versions;           // in the order of the manifest: the split depends on it
  Split split;
  std::vector<AuthMethod> auth;
  std::vector<IdentityHeader> identity_headers;
  std::optional<Authorization> authorization;  // none: every principal may do everything
  Timeouts timeouts;
  BodyLimits body;
  Cost cost;
  std::vector<std::string> quotas;  // names of those of its namespace that limit it
  std::optional<Cache> cache;
  Enrichment enrichment;
  bool operator==(const Route&) const = default;
};

struct GatewayConfig {
  std::string hash;                          // of the whole file's meaning
  std::optional<Digest> admin_token_digest;  // SHA-256 of the token for /state and /config; none: both are closed
  std::vector<Quota> quotas;
  std::vector<Route> routes;
  bool operator==(const GatewayConfig&) const = default;
};

}  // namespace mlgateway::config
