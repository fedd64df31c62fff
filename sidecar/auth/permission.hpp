// Which versions of a route a caller may call, and which he may ask for.
#pragma once

#include <cstdint>

namespace mlgateway::auth {

// Bit i is the route's i-th version; the bit behind the last stands for every name that the route does not have, so
// that whoever may not call a version does not learn from the answer whether there is one.
struct Permission {
  static constexpr std::uint32_t kAll = ~std::uint32_t{0};
  std::uint32_t versions = kAll;   // 0: he may not do what he wants at all
  std::uint32_t overrides = kAll;  // of those, by a field or in the path
};

}  // namespace mlgateway::auth
