// Bodies that are counted, libFuzzer's entry; see run. The first byte chooses how the body is sent, the next two the
// size of its JSON part. The unit tests look at the same properties over mutations of the public vectors.
#include "tests/fuzz/quantities_properties.hpp"
#include "tests/fuzz/report.hpp"

namespace {

using namespace mlgateway::protocol;

const char* broken(std::string_view bytes) {
  static QuantityReader reader;
  if (bytes.size() < 3) return nullptr;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const Way& way = kWays[byte(0) % kWays.size()];
  const std::size_t json_size = byte(1) + 256u * byte(2);
  const std::string field = json_size == 0 ? std::string() : std::to_string(json_size);
  return broken_property(reader, way, field, std::string(bytes.substr(3)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &broken);
}
