// libFuzzer's entry; the unit tests run the same properties over mutations of the public vectors. The first byte
// chooses how the body is sent, the next two the size of its JSON part. By hand:
//   clang++-19 -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/quantities_fuzz.cpp \
//     sidecar/protocol/*.cpp sidecar/http/{message,field_id}.cpp sidecar/base/{reason,decimal}.cpp -lsimdjson -o fuzz
//   ./fuzz -max_len=4096
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/quantities_properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlgateway::protocol;
  static QuantityReader reader;
  if (size < 3) return 0;
  const Way& way = kWays[data[0] % kWays.size()];
  const std::size_t json_size = data[1] + 256u * data[2];
  const std::string body(reinterpret_cast<const char*>(data + 3), size - 3);
  const std::string field = json_size == 0 ? std::string() : std::to_string(json_size);
  if (const char* broken = broken_property(reader, way, field, body)) {
    std::fprintf(stderr, "broken: %s\n", broken);
    std::abort();
  }
  return 0;
}
