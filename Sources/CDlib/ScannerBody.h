// The detector itself, compiled once for each instruction set: the file that includes this one has
// included dlib and says by CDLIB_MAKE_SCANNER what the maker is called.
namespace {

typedef dlib::object_detector<dlib::scan_fhog_pyramid<dlib::pyramid_down<6>>> Detector;

class DlibScanner : public cdlib::Scanner {
 public:
  explicit DlibScanner(const std::string &model) {
    std::istringstream stream(model);
    deserialize(detector_, stream);
  }

  std::vector<CDlibFace> find(
      const uint8_t *gray, int width, int height, double threshold, int upsamplings) override {
    dlib::array2d<unsigned char> image(height, width);
    for (int y = 0; y < height; ++y) memcpy(&image[y][0], gray + (size_t)y * width, width);
    dlib::pyramid_down<2> pyramid;
    for (int level = 0; level < upsamplings; ++level) dlib::pyramid_up(image, pyramid);

    std::vector<std::pair<double, dlib::rectangle>> found;
    detector_(image, found, threshold);
    std::vector<CDlibFace> faces;
    for (const auto &face : found) {
      // dlib's rectangles hold their last pixel and put centres on whole numbers.
      dlib::drectangle box(face.second);
      for (int level = 0; level < upsamplings; ++level) box = pyramid.rect_down(box);
      const double half = 0.5 / (1 << upsamplings);
      faces.push_back(
          {box.left() + 0.5 - half, box.top() + 0.5 - half, box.right() + 0.5 + half,
           box.bottom() + 0.5 + half, face.first});
    }
    return faces;
  }

 private:
  Detector detector_;
};

}  // namespace

cdlib::Scanner *cdlib::CDLIB_MAKE_SCANNER(const std::string &model) {
  return new DlibScanner(model);
}
