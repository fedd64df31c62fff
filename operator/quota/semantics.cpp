#include "operator/quota/semantics.hpp"

#include <string>

#include "operator/api/label_key.hpp"

namespace mlgateway::quota {

schema::Faults check_semantics(const api::MLQuota& quota) {
  schema::Faults faults;
  for (std::size_t i = 0; i < quota.tiers.size(); ++i) {
    if (!quota.tiers[i].key_labels) continue;
    const std::string path = schema::item("spec.tiers", i) + ".match.keyLabels";
    for (const auto& [key, value] : *quota.tiers[i].key_labels) {
      if (!api::is_label_key(key)) faults.push_back({schema::child(path, key), std::string(api::kNoLabelKey)});
    }
  }
  return faults;
}

}  // namespace mlgateway::quota
