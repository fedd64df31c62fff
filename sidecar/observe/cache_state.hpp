// What the cache did for a request: a label of a metric and a member of the access line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlgateway::observe {

enum class CacheState : std::uint8_t {
  Hit,        // answered from what was kept
  Collapsed,  // answered by the call of an equal request
  Miss,       // the model was asked
  Bypass,     // the caller or the kind of request keeps the cache out of it
};
inline constexpr std::array<std::string_view, 4> kCacheStateNames{"hit", "collapsed", "miss", "bypass"};

constexpr std::string_view name(CacheState state) { return kCacheStateNames[static_cast<std::size_t>(state)]; }

}  // namespace mlgateway::observe
