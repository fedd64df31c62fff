#include "operator/route/keys.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "operator/api/timestamp.hpp"
#include "operator/route/key_entry.hpp"

namespace mlgateway::route {
namespace {

bool selects(const config::Labels& wanted, const config::Labels& labels) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

std::string text(const config::Labels& labels) {
  std::string words;
  for (const auto& [name, value] : labels) words += (words.empty() ? "" : ",") + name + "=" + value;
  return words;
}

// A digest and the callers it would stand for.
using Owners = std::map<config::Digest, std::set<std::string>>;

class Collector {
 public:
  Collector(const api::MLRoute& route, const std::vector<ObservedSecret>& secrets, WallTime now)
      : route_(route), secrets_(secrets), now_(now) {}

  Keys collect() {
    for (const api::MethodSpec& method : route_.methods) keys_.by_method.push_back(sets_of(method));
    refuse_shared_keys();
    for (const auto& sets : keys_.by_method) {
      for (const config::KeySet& set : sets) count(set);
    }
    for (api::KeySetStatus& status : keys_.status) tell_refused(status);
    return std::move(keys_);
  }

 private:
  std::vector<config::KeySet> sets_of(const api::MethodSpec& method) {
    std::vector<config::KeySet> sets;
    if (method.type != config::AuthType::APIKey) return sets;
    bool found = false;
    const auto first = std::lower_bound(secrets_.begin(), secrets_.end(), route_.key.namespace_name,
                                        [](const auto& s, const auto& ns) { return s.secret.key.namespace_name < ns; });
    for (auto at = first; at != secrets_.end(); ++at) {
      const ObservedSecret& observed = *at;
      const api::Secret& secret = observed.secret;
      if (secret.key.namespace_name != route_.key.namespace_name) break;
      if (!selects(method.match_labels, secret.labels)) continue;
      found = true;
      if (permitted(method, secret)) sets.push_back(read(observed));
    }
    if (!found) {
      problem("SecretNotFound", "method '" + method.name + "': no Secret in namespace '" + route_.key.namespace_name +
                                    "' has the labels " + text(method.match_labels));
    }
    std::sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) { return a.secret < b.secret; });
    return sets;
  }

  bool permitted(const api::MethodSpec& method, const api::Secret& secret) {
    if (!secret.labels.contains(kUseLabel)) {
      problem("RefNotPermitted", "Secret '" + secret.key.name + "' is selected but lacks the label " + kUseLabel);
      return false;
    }
    if (taken_.insert(secret.key.name).second) return true;
    problem("InvalidKeys", "Secret '" + secret.key.name + "' is selected by an earlier method already; method '" +
                               method.name + "' does not get its keys");
    return false;
  }

  config::KeySet read(const ObservedSecret& observed) {
    const api::Secret& secret = observed.secret;
    if (!observed.fault.empty()) {
      problem("SecretInvalid", "Secret '" + secret.key.name + "' keeps its last good version: " + observed.fault);
    }
    config::KeySet set;
    set.secret = secret.key.name;
    set.labels = secret.labels;
    if (const auto tenant = secret.labels.find(kTenantLabel); tenant != secret.labels.end())
      set.tenant = tenant->second;
    api::KeySetStatus& status = keys_.status.emplace_back();
    status.secret = secret.key.name;
    const bool readable = read_expiry(secret, set);
    for (const auto& [name, value] : secret.entries) {
      const auto entry = read_key_entry(value);
      if (!readable) {
        status.refused.push_back({name, "MalformedExpiry"});
      } else if (const auto* digest = std::get_if<config::Digest>(&entry)) {
        set.keys.push_back({name, *digest});
        owners_[*digest].insert(secret.key.name + "/" + name);
      } else {
        status.refused.push_back({name, std::get<std::string>(entry)});
      }
    }
    return set;
  }

  // False when there is an expiry that cannot be read.
  static bool read_expiry(const api::Secret& secret, config::KeySet& set) {
    const auto expires = secret.annotations.find(kExpiresAnnotation);
    if (expires == secret.annotations.end()) return true;
    const auto time = api::parse_timestamp(expires->second);
    if (!time) return false;
    set.expires = std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
    return true;
  }

  // Nobody may be mistaken for another: a key that two entries share opens nothing.
  void refuse_shared_keys() {
    for (auto& sets : keys_.by_method) {
      for (config::KeySet& set : sets) {
        std::erase_if(set.keys, [&](const config::ApiKey& key) {
          if (owners_[key.digest].size() < 2) return false;
          status_of(set.secret).refused.push_back({key.name, "DuplicateKey"});
          return true;
        });
      }
    }
  }

  api::KeySetStatus& status_of(const std::string& secret) {
    return *std::find_if(keys_.status.begin(), keys_.status.end(), [&](const auto& s) { return s.secret == secret; });
  }

  void count(const config::KeySet& set) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch()).count();
    const bool expired = set.expires && *set.expires <= seconds;
    (expired ? status_of(set.secret).expired : status_of(set.secret).keys) = static_cast<std::int64_t>(set.keys.size());
  }

  void tell_refused(api::KeySetStatus& status) {
    std::sort(status.refused.begin(), status.refused.end(),
              [](const auto& a, const auto& b) { return a.entry < b.entry; });
    for (const api::RefusedEntry& entry : status.refused) {
      problem("InvalidKeys", "Secret entry '" + status.secret + "/" + entry.entry + "' is not used: " + entry.reason +
                                 explanation(entry.reason));
    }
  }

  static std::string explanation(const std::string& reason) {
    if (reason == "WeakKey") return " (a key must have at least " + std::to_string(kLeastKeyBytes) + " characters)";
    if (reason == "DuplicateKey") return " (another entry has the same key)";
    if (reason == "MalformedDigest") return " (after 'sha256:' must stand 64 hexadecimal digits)";
    if (reason == "MalformedExpiry")
      return std::string(" (the annotation ") + kExpiresAnnotation + " must be RFC 3339)";
    return " (a key must be visible ASCII characters, at most " + std::to_string(kMostKeyBytes) + ")";
  }

  void problem(std::string reason, std::string words) {
    keys_.problems.push_back({std::move(reason), std::move(words)});
  }

  const api::MLRoute& route_;
  const std::vector<ObservedSecret>& secrets_;
  const WallTime now_;
  Keys keys_;
  Owners owners_;
  std::set<std::string> taken_;  // Secrets that a method has already
};

}  // namespace

Keys collect_keys(const api::MLRoute& route, const std::vector<ObservedSecret>& secrets, WallTime now) {
  Keys keys = Collector(route, secrets, now).collect();
  std::sort(keys.status.begin(), keys.status.end(), [](const auto& a, const auto& b) { return a.secret < b.secret; });
  return keys;
}

}  // namespace mlgateway::route
