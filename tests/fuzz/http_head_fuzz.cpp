// libFuzzer's entry; the unit tests run the same properties over mutations of the public vectors. By hand:
//   clang++-19 -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/http_head_fuzz.cpp \
//     $(ls sidecar/http/*.cpp | grep -v stream) sidecar/base/{reason,json_text}.cpp -o fuzz && ./fuzz
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/http_properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const char* broken = mlgateway::http::broken_property(bytes)) {
    std::fprintf(stderr, "broken: %s\n", broken);
    std::abort();
  }
  return 0;
}
