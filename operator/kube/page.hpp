// One page of a list.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/kube/resource.hpp"

namespace mlgateway::kube {

struct Page {
  std::vector<nlohmann::json> items;
  std::string resource_version;
  std::string continue_token;  // empty: the last page
};

// None when `answer` is no list, or an item has no name. Items get the apiVersion and kind that lists leave out.
std::optional<Page> page_from(nlohmann::json answer, const Resource& resource);

}  // namespace mlgateway::kube
