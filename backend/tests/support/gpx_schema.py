"""What a GPX 1.1 file of ours may hold, as a schema: the order of elements, and their values."""

from typing import Any

from lxml import etree

_GPX = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://www.topografix.com/GPX/1/1"
    xmlns:garmin="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
    targetNamespace="http://www.topografix.com/GPX/1/1" elementFormDefault="qualified">
  <xsd:import namespace="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
      schemaLocation="garmin.xsd"/>
  <xsd:element name="gpx"><xsd:complexType>
    <xsd:sequence><xsd:element name="trk" type="track"/></xsd:sequence>
    <xsd:attribute name="version" type="xsd:string" fixed="1.1" use="required"/>
    <xsd:attribute name="creator" type="xsd:string" use="required"/>
  </xsd:complexType></xsd:element>
  <xsd:complexType name="track"><xsd:sequence>
    <xsd:element name="name" type="xsd:string"/>
    <xsd:element name="trkseg" type="segment" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType>
  <xsd:complexType name="segment"><xsd:sequence>
    <xsd:element name="trkpt" type="point" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType>
  <xsd:complexType name="point">
    <xsd:sequence>
      <xsd:element name="ele" type="xsd:decimal" minOccurs="0"/>
      <xsd:element name="time" type="xsd:dateTime" minOccurs="0"/>
      <xsd:element name="extensions" type="extensions" minOccurs="0"/>
    </xsd:sequence>
    <xsd:attribute name="lat" type="latitude" use="required"/>
    <xsd:attribute name="lon" type="longitude" use="required"/>
  </xsd:complexType>
  <xsd:complexType name="extensions"><xsd:sequence>
    <xsd:element name="power" type="xsd:decimal" minOccurs="0"/>
    <xsd:element ref="garmin:TrackPointExtension" minOccurs="0"/>
  </xsd:sequence></xsd:complexType>
  <xsd:simpleType name="latitude"><xsd:restriction base="xsd:decimal">
    <xsd:minInclusive value="-90"/><xsd:maxInclusive value="90"/>
  </xsd:restriction></xsd:simpleType>
  <xsd:simpleType name="longitude"><xsd:restriction base="xsd:decimal">
    <xsd:minInclusive value="-180"/><xsd:maxInclusive value="180"/>
  </xsd:restriction></xsd:simpleType>
</xsd:schema>
"""
_GARMIN = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
    xmlns="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
    targetNamespace="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
  <xsd:element name="TrackPointExtension"><xsd:complexType><xsd:sequence>
    <xsd:element name="atemp" type="xsd:decimal" minOccurs="0"/>
    <xsd:element name="hr" type="beats" minOccurs="0"/>
    <xsd:element name="cad" type="turns" minOccurs="0"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:simpleType name="beats"><xsd:restriction base="xsd:unsignedByte">
    <xsd:minInclusive value="1"/>
  </xsd:restriction></xsd:simpleType>
  <xsd:simpleType name="turns"><xsd:restriction base="xsd:unsignedByte">
    <xsd:maxInclusive value="254"/>
  </xsd:restriction></xsd:simpleType>
</xsd:schema>
"""


class _Beside(etree.Resolver):
    """Gives the schema of the extension to that of the file, which imports it."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        return self.resolve_string(_GARMIN, context, base_url=system_url)


def check_gpx(data: bytes) -> None:
    """Fail where a file is none that we may write."""
    parser = etree.XMLParser()
    parser.resolvers.add(_Beside())
    schema = etree.XMLSchema(etree.fromstring(_GPX, parser, base_url="gpx.xsd"))
    schema.assertValid(etree.fromstring(data))
