// How a fuzz target tells libFuzzer that an input breaks a property: by words and an abort.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace mlgateway::fuzz {

// `broken` names the property that the bytes break, or null.
inline int judge(const std::uint8_t* data, std::size_t size, const char* (*broken)(std::string_view)) {
  const char* const words = broken({reinterpret_cast<const char*>(data), size});
  if (words == nullptr) return 0;
  std::fprintf(stderr, "broken: %s\n", words);
  std::abort();
}

}  // namespace mlgateway::fuzz
