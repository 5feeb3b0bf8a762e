import FaceCore
import SyntheticFaces

/// Scenes and people that the tests draw, small enough to be quick.
enum SceneFixture {
  static let camera = SceneCamera(width: 160, height: 120, focal: 260)

  /// Light that is the same from left and right.
  static let evenLight = light(keyAzimuth: 0)

  static func light(keyAzimuth: Float) -> SceneLight {
    SceneLight(
      ambient: .init(0.15, 0.15, 0.15), sky: .init(0.1, 0.1, 0.1), keyAzimuth: keyAzimuth,
      keyElevation: 25, keyStrength: 0.8)
  }

  static func scene(
    pose: Pose = .frontal, expression: FaceExpression = .neutral,
    light: SceneLight = evenLight, grain: Float = 0
  ) -> Scene {
    var scene = Scene(
      pose: pose, position: [0, 2, 68], expression: expression, light: light, camera: camera,
      backdrop: Backdrop(seed: 4, furnished: false))
    scene.grain = grain
    return scene
  }

  /// A person without freckles, moles or strands that differ from side to side.
  static let symmetric: FaceIdentity = {
    var person = FaceIdentity.bob
    person.seed = 0
    person.skin.mottling = 0
    person.skin.freckles = 0
    person.skin.moles = 0
    person.skin.stubble = 0
    return person
  }()

  static let alice = FaceRenderer(head: .alice)
  static let bob = FaceRenderer(head: .bob)
  static let swapped = FaceRenderer(head: .bob, face: .alice)
}
